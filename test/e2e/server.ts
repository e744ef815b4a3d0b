import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { pemOfKey } from '#cli/client/browser.ts';
import { type SignInAsked, type SignInEnd, signInLikeABrowser } from '#cli/client/sign-in-client.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { readCardFile } from '#pki/card-file/card-file.ts';
import { demoPassword } from '#pki/demo/woodgrove.ts';
import { freePort } from '../free-port.ts';
import { entry } from '../program.ts';
import { askRunningServer } from './served-command.ts';

/** A test signs in faster than an office does, all from one address. {@link defaultSourceLimits} takes this away. */
const testLimits = {
  CARDEA_SOURCE_CONNECTIONS: '5000',
  CARDEA_SOURCE_HANDSHAKES_PER_TEN_SECONDS: '20000',
  CARDEA_SOURCE_REQUESTS_PER_TEN_SECONDS: '50000',
  CARDEA_SOURCE_SIGN_INS_PER_TEN_SECONDS: '20000',
  CARDEA_SOURCE_FORMS_PER_TEN_SECONDS: '10000',
};
/** Tests sign in side by side, and do not come back when the server is busy. {@link usualWait} takes this away. */
const longWait = { CARDEA_SIGN_IN_WAIT_MILLISECONDS: '60000' };
/** Servers of several tests run at once and cannot share the port of health and metrics, so they have no such listener. */
const noManagementPort = { CARDEA_MANAGEMENT_PORT: '0' };
/** Tests that need the pages of the admin center build them first. */
const buildsNothing = { CARDEA_BUILD_ADMIN_CENTER: 'false' };
/** Tests count statements and read what one process holds; those of several processes set their number. */
const oneProcess = { CARDEA_WORKERS: '1' };
/** For {@link RunningServer.start}: the limits of a source as they are without any setting. */
export const defaultSourceLimits: NodeJS.ProcessEnv = Object.fromEntries(
  Object.keys(testLimits).map((name) => [name, undefined]),
);

/** For {@link RunningServer.start}: new sign-ins wait as long as without any setting. */
export const usualWait: NodeJS.ProcessEnv = { CARDEA_SIGN_IN_WAIT_MILLISECONDS: undefined };

/** What a command answered. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A whole server in a process of its own, as a newcomer starts it, on free ports and with a data folder of its own. */
export class RunningServer {
  readonly folder: string;
  readonly origin: string;
  readonly port: number;
  readonly #ports: readonly [number, number];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #program: string;
  #process: ChildProcess | undefined;
  output = '';

  private constructor(
    folder: string,
    ports: readonly [number, number],
    environment: NodeJS.ProcessEnv,
    program = entry,
  ) {
    this.folder = folder;
    this.#program = program;
    this.#ports = ports;
    this.port = ports[0];
    this.origin = `https://localhost:${ports[0]}`;
    this.#environment = environment;
  }

  /** Starts one with the demo tenant, its data folder in `below`; on a data folder that is there, or with another program than this. */
  static async start(
    environment: NodeJS.ProcessEnv = {},
    place: string | { readonly folder?: string; readonly program?: string } = tmpdir(),
  ): Promise<RunningServer> {
    const { folder, program } = typeof place === 'string' ? { folder: mkdtempSync(join(place, 'cardea-e2e-')) } : place;
    const dataFolder = folder ?? mkdtempSync(join(tmpdir(), 'cardea-e2e-'));
    const server = new RunningServer(dataFolder, [await freePort(), await freePort()], environment, program);
    await server.run();
    return server;
  }

  /** Starts the process, on the own data folder unless another one is named; resolves when it says that it is running. */
  async run({ folder = this.folder }: { readonly folder?: string } = {}): Promise<void> {
    const words = ['serve', '--data', folder, '--port', `${this.#ports[0]}`, '--demo-crl-port', `${this.#ports[1]}`];
    const child = spawn(process.execPath, [this.#program, ...words], {
      env: {
        ...process.env,
        ...testLimits,
        ...longWait,
        ...oneProcess,
        ...buildsNothing,
        ...noManagementPort,
        ...this.#environment,
      },
    });
    this.#process = child;
    this.output = '';
    await new Promise<void>((ready, reject) => {
      const hear = (chunk: Buffer) => {
        this.output += chunk;
        if (this.output.includes('Cardea is running')) ready();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${this.output}`)));
    });
  }

  /** The server's own process. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Ends the process and waits for it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const end = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await end;
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** How the process ended: its exit code, or the signal that ended it. */
  get ended(): Promise<number | NodeJS.Signals | null> {
    const child = this.#process!;
    if (child.exitCode !== null || child.signalCode !== null)
      return Promise.resolve(child.exitCode ?? child.signalCode);
    return new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a command of `cardea` on this server's data: in the running server, as `cardea` does, or in a process of its own. */
  async cardea(...words: readonly string[]): Promise<Answer> {
    const all = [...words, '--data', this.folder];
    return (await askRunningServer(all)) ?? (await runCardea(all, this.#environment));
  }

  /** Certificate and key of a demo card, for TLS. */
  card(name: string) {
    return cardIn(join(this.folder, 'demo', 'cards', `${name}.p12`));
  }

  /** Signs in as the command line does: a browser without a window. */
  signIn(username: string, card: SignInAsked['card'], more: Partial<SignInAsked> = {}): Promise<SignInEnd> {
    return signInLikeABrowser({
      origin: this.origin,
      tenant: 'organizations',
      username,
      card,
      clientId: commandLineApplication.appId,
      redirectUri: commandLineApplication.redirectUris[0]!,
      scope: 'openid profile email',
      ca: this.trust,
      correlationId: crypto.randomUUID(),
      ...more,
    });
  }

  /** The root of the server's own TLS certificate. */
  get trust(): string {
    return readFileSync(join(this.folder, 'tls', 'root.pem'), 'utf8');
  }

  /** What the log says, oldest first. */
  async entries(correlationId: string): Promise<readonly SignInRecord[]> {
    const { code, out } = await this.cardea('explain', correlationId, '--json');
    return code === 0 ? (JSON.parse(out) as SignInRecord[]) : [];
  }
}

export function cardIn(file: string) {
  const { der, chain, privateKey } = readCardFile(readFileSync(file), demoPassword);
  return {
    cert: [der, ...chain.map((item) => item.der)].map((item) => pem('CERTIFICATE', item)).join(''),
    key: pemOfKey(privateKey),
  };
}

/** Runs `cardea` as a person at a shell does, in a process of its own. */
export function runCardea(
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, ...words], { env: { ...process.env, ...environment }, cwd });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (code) => resolve({ code: code ?? -1, out, err }));
  });
}

/** The claims of a JWT. */
export function claimsOf(jwt: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(jwt).split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}
