import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { until } from '../../until.ts';
import { listens } from './listens.ts';

const binary = '/usr/sbin/apache2';
const modules = '/usr/lib/apache2/modules';

/** Why the tests with Apache cannot run here; false when they can. */
export const skip = existsSync(join(modules, 'mod_auth_openidc.so'))
  ? false
  : 'Apache with mod_auth_openidc is not installed: apt-get install apache2 libapache2-mod-auth-openidc';

export interface RelyingParty {
  /** `https://localhost:4711/tenant/v2.0` */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PEM of the root that signed the login host's certificate. */
  readonly trust: string;
}

/** Debian's Apache in front of an application that knows nothing of OpenID Connect and answers with the headers it got. */
export class Apache {
  readonly origin: string;
  /** PEM of the root of its own TLS certificate. */
  readonly root: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #application: Server;
  #process: ChildProcess | undefined;

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.origin = `https://localhost:${port}`;
    this.#application = createServer((req, res) => res.end(JSON.stringify(req.headers)));
    const tls = makeTlsCertificate({ hosts: ['localhost'], at: new Date() });
    this.root = tls.root.pem;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'server.pem'), tls.server.pem + tls.server.privateKeyPem);
  }

  /** Resolves when it answers. @param party the settings of mod_auth_openidc */
  async start(party: RelyingParty): Promise<void> {
    await new Promise<void>((done) => this.#application.listen(0, '127.0.0.1', done));
    writeFileSync(join(this.#folder, 'trust.pem'), party.trust);
    writeFileSync(join(this.#folder, 'httpd.conf'), this.#configuration(party));
    for (let above = this.#folder; above.startsWith(`${tmpdir()}/`); above = dirname(above)) chmodSync(above, 0o755);
    const words = ['-f', join(this.#folder, 'httpd.conf'), '-D', 'FOREGROUND'];
    this.#process = spawn(binary, words, { stdio: 'ignore' });
    await until(
      () => `Apache to answer: ${this.log}`,
      () => listens(this.#port),
    );
  }

  /** What it wrote to its error log. */
  get log(): string {
    const file = join(this.#folder, 'error.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async stop(): Promise<void> {
    this.#application.closeAllConnections();
    this.#application.close();
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const end = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await end;
  }

  #configuration({ issuer, clientId, clientSecret }: RelyingParty): string {
    const { port } = this.#application.address() as { port: number };
    const load = 'mpm_event authn_core authz_core authz_user socache_shmcb ssl proxy proxy_http auth_openidc'.split(
      ' ',
    );
    const folder = this.#folder;
    return `${load.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
ServerRoot ${folder}
ServerName localhost
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
PidFile ${folder}/httpd.pid
ErrorLog ${folder}/error.log
DocumentRoot ${folder}
Listen 127.0.0.1:${this.#port} https
SSLEngine on
SSLCertificateFile ${folder}/server.pem
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCCABundlePath ${folder}/trust.pem
OIDCClientID ${clientId}
OIDCClientSecret ${clientSecret}
OIDCRedirectURI ${this.origin}/secure/redirect
OIDCCryptoPassphrase ${randomBytes(16).toString('hex')}
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCRemoteUserClaim preferred_username
OIDCPassClaimsAs headers
ProxyPass /secure/redirect !
ProxyPass / http://127.0.0.1:${port}/
<Location /secure>
  AuthType openid-connect
  Require valid-user
</Location>
<Location /finance>
  AuthType openid-connect
  Require claim amr:mfa
</Location>
`;
  }
}
