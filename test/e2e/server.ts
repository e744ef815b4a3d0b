import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { pemOfKey } from '#cli/client/card.ts';
import { type SignInEnd, type SignInOptions, signInLikeABrowser } from '#cli/client/sign-in-client.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { readCardFile } from '#pki/card-file/card-file.ts';
import { demoPassword } from '#pki/demo/woodgrove.ts';
import { freePort } from '../free-port.ts';
import { checkout, entry } from '../program.ts';
import { type Answer, type CommandLine, runInReusedProcess } from '../serving/command-process.ts';
import { ReusableServer, type RunEnd, runOnce, type ServerRun } from '../serving/server-process.ts';
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

/** For {@link runCardea}: no variable of the developer is one of the command. */
export const noSettings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => name.startsWith('CARDEA_'))
      .map((name) => [name, undefined]),
  );

/** Node reads its own settings, and libraries theirs, when a process starts. */
const needsSeparateProcess = (environment: NodeJS.ProcessEnv): boolean =>
  Object.keys(environment).some((name) => !/^(?:CARDEA|XDG)_/.test(name) || name === 'CARDEA_WORKERS');

const newFolder = (below: string): string => mkdtempSync(join(below, 'cardea-e2e-'));

/** Where a server runs, for {@link RunningServer.start}. */
interface Serving {
  /** A data folder that is there; a new one below the temporary folder otherwise. */
  readonly folder?: string;
  /** Another program than that of the tests. */
  readonly program?: string;
  /** A new process, which only this server runs in: for tests of the process itself. */
  readonly separateProcess?: boolean;
}

/** A whole server, as a newcomer starts it, on free ports and with a data folder of its own. */
export class RunningServer {
  readonly folder: string;
  readonly origin: string;
  readonly port: number;
  readonly #ports: readonly [number, number];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #program: string;
  #reusableServer: ReusableServer | undefined;
  #run: ServerRun | undefined;
  output = '';

  private constructor(
    folder: string,
    environment: NodeJS.ProcessEnv,
    {
      program = entry,
      place,
    }: { readonly program?: string | undefined; readonly place: ReusableServer | [number, number] },
  ) {
    this.folder = folder;
    this.#program = program;
    this.#reusableServer = place instanceof ReusableServer ? place : undefined;
    this.#ports = place instanceof ReusableServer ? place.ports : place;
    this.port = this.#ports[0];
    this.origin = `https://localhost:${this.port}`;
    this.#environment = environment;
  }

  /**
   * Starts one with the demo tenant, in a new data folder below a folder, or where `place` says. Without a word of `place`, it
   * runs in the process in which the servers of earlier files ran, unless a variable of the environment is read by Node.
   */
  static async start(environment: NodeJS.ProcessEnv = {}, place: string | Serving = {}): Promise<RunningServer> {
    const serving: Serving = typeof place === 'string' ? { folder: newFolder(place), separateProcess: true } : place;
    const { folder = newFolder(tmpdir()), program, separateProcess } = serving;
    if (separateProcess || program !== undefined || entry === checkout || needsSeparateProcess(environment)) {
      const ports: [number, number] = [await freePort(), await freePort()];
      const server = new RunningServer(folder, environment, { program, place: ports });
      await server.run();
      return server;
    }
    const reusable = await ReusableServer.take(entry);
    const server = new RunningServer(folder, environment, { place: reusable });
    const isNewDemo = serving.folder === undefined && Object.keys(environment).length === 0;
    const isCopy = isNewDemo && reusable.copyDemo(folder);
    await server.run().catch((problem: unknown) => {
      reusable.giveBack();
      throw problem;
    });
    if (isNewDemo && !isCopy) await reusable.rememberDemo(folder);
    return server;
  }

  /** Starts the server, on the own data folder unless another one is named; resolves when it says that it is running. */
  async run({ folder = this.folder }: { readonly folder?: string } = {}): Promise<void> {
    const words = ['serve', '--data', folder, '--port', `${this.#ports[0]}`, '--demo-crl-port', `${this.#ports[1]}`];
    const environment = {
      ...process.env,
      ...testLimits,
      ...longWait,
      ...oneProcess,
      ...buildsNothing,
      ...noManagementPort,
      ...this.#environment,
    };
    this.output = '';
    await new Promise<void>((ready, reject) => {
      const hear = (text: string) => {
        this.output += text;
        if (this.output.includes('Cardea is running')) ready();
      };
      const parts = { words, environment, hear };
      this.#run = this.#reusableServer ? this.#reusableServer.run(parts) : runOnce(this.#program, parts);
      this.#run.ended.then((end) => reject(new Error(`the server ended with ${end}: ${this.output}`)));
    });
  }

  /** The process that the server runs in. */
  get pid(): number {
    return this.#run?.pid ?? 0;
  }

  /** Ends the server and waits for it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const run = this.#run;
    if (!run || run.end !== undefined) return;
    run.signal(signal);
    await run.ended;
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#run?.signal(signal);
  }

  /** How the server ended: its exit code, or the signal that ended it. */
  get ended(): Promise<RunEnd> {
    return this.#run!.ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    this.#reusableServer?.giveBack();
    this.#reusableServer = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The id of its tenant: of the demo's, which is the only one of a new server. */
  async tenantId(): Promise<string> {
    const { out } = await this.cardea('tenant', 'list', '--json');
    const [tenant] = JSON.parse(out) as readonly { readonly id: string }[];
    return tenant!.id;
  }

  /** Runs a command of `cardea` on this server's data: in the running server, as `cardea` does, or in a process of its own. */
  async cardea(...words: readonly string[]): Promise<Answer> {
    const all = [...words, '--data', this.folder];
    return (await askRunningServer(all)) ?? (await runCardea(all, this.#environment));
  }

  /** Certificate and key of a demo card, for TLS. */
  card(name: string) {
    return certificateReadIn(join(this.folder, 'demo', 'cards', `${name}.p12`));
  }

  /** Signs in as the command line does: a browser without a window. */
  signIn(username: string, card: SignInOptions['card'], more: Partial<SignInOptions> = {}): Promise<SignInEnd> {
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

export function certificateReadIn(file: string) {
  const { der, chain, privateKey } = readCardFile(readFileSync(file), demoPassword);
  return {
    cert: [der, ...chain.map((item) => item.der)].map((item) => pem('CERTIFICATE', item)).join(''),
    key: pemOfKey(privateKey),
  };
}

/**
 * Runs `cardea` as a person at a shell does, and not in a server. The process has run other commands, unless Node reads one of the
 * variables when it starts, or the command is `serve`.
 */
export function runCardea(
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): Promise<Answer> {
  const line = { words, environment: { ...process.env, ...environment }, cwd };
  const isReusing = entry !== checkout && words[0] !== 'serve' && !needsSeparateProcess(environment);
  return isReusing ? runInReusedProcess(entry, line) : runInNewProcess(line);
}

function runInNewProcess({ words, environment, cwd }: CommandLine): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, ...words], { env: environment, cwd });
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
