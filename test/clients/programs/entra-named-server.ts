import { brokerAppId } from '#core/directory/well-known-applications.ts';
import '#server/reasons/join.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signInLikeABrowser } from '#cli/client/sign-in-client.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { certificateReadIn, runCardea } from '#test/e2e/server.ts';
import { entry } from '#test/program.ts';

/** Names of Entra that clients have built in. The hosts file of the namespace maps them to loopback. */
export const [login, registration] = ['login.microsoftonline.com', 'enterpriseregistration.windows.net'];

/** A server with the demo tenant under the names of Entra, on port 443. */
export interface EntraNamedServer {
  readonly folder: string;
  /** PEM of the root of its TLS certificate, in a file and as text. */
  readonly trustFile: string;
  readonly trust: string;
  /** The output of a command of `cardea`. */
  cardea(...words: readonly string[]): Promise<string>;
  /** Signs Ana in with her card to the authentication broker, for device registration: the tokens. */
  signInForRegistration(): Promise<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

/** Starts it in a namespace whose hosts file has the names. */
export async function startUnderEntraNames(): Promise<EntraNamedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-names-'));
  const environment = {
    ...process.env,
    CARDEA_WORKERS: '1',
    CARDEA_LOGIN_ORIGIN: `https://${login}`,
    CARDEA_CERTAUTH_ORIGIN: `https://certauth.${login}`,
    CARDEA_DEVICE_REGISTRATION_ORIGIN: `https://${registration}`,
    CARDEA_TLS_CERTIFICATE_FILE: join(folder, 'tls.pem'),
    CARDEA_TLS_KEY_FILE: join(folder, 'tls.key'),
  };
  // Without a wildcard in the certificate every sign-in goes to one certauth host, which the hosts file has.
  const hosts = [login!, `graph.${login}`, `certauth.${login}`, registration!];
  const { root, server: tls } = makeTlsCertificate({ hosts, at: new Date() });
  writeFileSync(join(folder, 'tls.pem'), tls.pem + root.pem);
  writeFileSync(join(folder, 'tls.key'), tls.privateKeyPem, { mode: 0o600 });
  const trustFile = join(folder, 'trust.pem');
  writeFileSync(trustFile, root.pem);
  const child = spawn(process.execPath, [entry, 'serve', '--data', folder, '--port', '443'], { env: environment });
  await running(child);
  return {
    ...{ folder, trustFile, trust: root.pem },
    cardea: async (...words) => (await runCardea([...words, '--data', folder], environment)).out,
    async signInForRegistration() {
      const end = await signInLikeABrowser({
        origin: `https://${login}`,
        tenant: 'organizations',
        username: 'ana@woodgrove.test',
        card: certificateReadIn(join(folder, 'demo', 'cards', 'ana.p12')),
        clientId: brokerAppId,
        redirectUri: 'ms-aadj-redir://auth/drs',
        scope: 'urn:ms-drs:enterpriseregistration.windows.net/.default offline_access',
        ca: root.pem,
        correlationId: crypto.randomUUID(),
      });
      if (end.kind !== 'signedIn') throw new Error(JSON.stringify(end));
      return end.tokens;
    },
    async stop() {
      child.removeAllListeners('exit');
      const end = new Promise((done) => child.once('exit', done));
      child.kill();
      await end;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function running(child: ChildProcess): Promise<void> {
  return new Promise((ready, reject) => {
    let output = '';
    const hear = (chunk: Buffer) => {
      output += chunk;
      if (output.includes('Cardea is running')) ready();
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
}
