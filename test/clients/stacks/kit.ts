import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser } from '#cli/client/browser.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { freePort } from '../../free-port.ts';
import { GraphServer } from '../../graph/graph-server.ts';
import { testCa } from '../../pki/test-ca.ts';
import { type End, signInAt } from '../person.ts';
import { ClientProgram } from './run-client.ts';
import type { Toolchain } from './toolchains.ts';

/** An application of the tenant, as `cardea app add` made it. */
export interface Registered {
  readonly appId: string;
  readonly secret: string;
}

const username = 'ana@woodgrove.test';

/** What every program of the harness is tried against: one server, its applications, and a person at a browser. */
export class Kit {
  readonly graph: GraphServer;
  readonly requestLog: string;
  /** A PKCS #12 file of the trusted roots, as Java reads them. */
  readonly #javaTrust: string;

  readonly #folder: string;

  private constructor(graph: GraphServer, folder: string) {
    this.graph = graph;
    this.#folder = folder;
    this.requestLog = join(folder, 'refused');
    this.#javaTrust = join(graph.server.folder, 'trust.p12');
  }

  /** @param folder of the test: the log of refused requests, and the certificate of sites that the server calls */
  static async start(folder: string): Promise<Kit> {
    const { root, server } = makeTlsCertificate({ hosts: ['localhost'], at: new Date() });
    const files = { 'site.pem': server.pem, 'site-key.pem': server.privateKeyPem, 'site-root.pem': root.pem };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const graph = await GraphServer.start({
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'request-log.mjs')}`,
      CARDEA_REQUEST_LOG: join(folder, 'refused'),
      NODE_EXTRA_CA_CERTS: join(folder, 'site-root.pem'),
    });
    return new Kit(graph, folder);
  }

  /** Certificate and key of a site on localhost, which the server and the browser trust. */
  get siteCertificate(): string {
    return join(this.#folder, 'site.pem');
  }
  get siteKey(): string {
    return join(this.#folder, 'site-key.pem');
  }

  get origin(): string {
    return this.graph.server.origin;
  }
  get tenant(): string {
    return this.graph.tenantId;
  }
  get authority(): string {
    return `${this.origin}/${this.tenant}`;
  }
  get trust(): string {
    return join(this.graph.server.folder, 'tls', 'root.pem');
  }

  async register(name: string, ...words: readonly string[]): Promise<Registered> {
    const { out, err } = await this.graph.server.cardea('app', 'add', name, ...words, '--json');
    if (err !== '') throw new Error(err);
    return JSON.parse(out) as Registered;
  }

  /** A confidential application with a redirect address on a port that is free. */
  async registerWeb(name: string, path: string): Promise<Registered & { port: number; redirectUri: string }> {
    const port = await freePort();
    const redirectUri = `http://localhost:${port}${path}`;
    return { ...(await this.register(name, '--redirect-uri', redirectUri)), port, redirectUri };
  }

  /** Starts a program. Beside its own settings it receives the file of trusted roots, and nothing else. */
  start(toolchain: Toolchain, folder: string, program: string, ...words: readonly (string | object)[]): ClientProgram {
    const command = toolchain.command(folder, program);
    const texts = words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word)));
    const trust = {
      SSL_CERT_FILE: this.trust,
      REQUESTS_CA_BUNDLE: this.trust,
      NODE_EXTRA_CA_CERTS: this.trust,
      JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${this.#javaTrust} -Djavax.net.ssl.trustStorePassword=changeit`,
    };
    return new ClientProgram(command, texts, trust, folder);
  }

  /** Words of keytool that fill the file of trusted roots: the server's, and that of sites, which call themselves. */
  get javaTrustWords(): readonly (readonly string[])[] {
    const store = ['-keystore', this.#javaTrust, '-storetype', 'PKCS12', '-storepass', 'changeit'];
    const roots = { server: this.trust, site: join(this.#folder, 'site-root.pem') };
    return Object.entries(roots).map(([alias, file]) => [
      ...['-importcert', '-noprompt', '-alias', alias, '-file', file],
      ...store,
    ]);
  }

  /** A certificate that a service proves itself with, and its key, as files. */
  clientCertificate(name: string): {
    readonly certificateFile: string;
    readonly keyFile: string;
    /** SHA-256, base64url. */
    readonly thumbprint: string;
  } {
    const card = testCa(`CN=${name} CA`).issueUserCertificate({ subject: `CN=${name}` });
    const [certificateFile, keyFile] = ['pem', 'key'].map((ending) => join(this.#folder, `${name}.${ending}`));
    writeFileSync(certificateFile!, card.pem);
    writeFileSync(keyFile!, card.privateKeyPem);
    const thumbprint = createHash('sha256').update(card.der).digest('base64url');
    return { certificateFile: certificateFile!, keyFile: keyFile!, thumbprint };
  }

  browser(): Browser {
    const siteRoot = readFileSync(join(this.#folder, 'site-root.pem'), 'utf8');
    return new Browser(this.graph.server.card('ana'), `${this.graph.server.trust}${siteRoot}`);
  }

  /** Signs a person in at the address that a program printed, and brings the answer to its loopback address. */
  async signIn(address: string, redirectUri: string): Promise<void> {
    const card = this.graph.server.card('ana');
    const browser = this.browser();
    const end = await signInAt(new URL(address), { username, card, until: redirectUri }, browser);
    if (!end.url.href.startsWith(redirectUri))
      throw new Error(`the sign-in ended at ${end.url.href}: ${messageOf(end)}`);
    await deliver(browser, end).catch(() => undefined); // a program may end before it has answered the browser
  }

  /** Signs a person in at a site that keeps cookies, from this page of it on. Answers the page it leads to. */
  async signInAt(site: string, redirectUri: string, browser = this.browser()): Promise<End> {
    const card = this.graph.server.card('ana');
    const end = await signInAt(new URL(site), { username, card, until: redirectUri }, browser);
    if (!end.url.href.startsWith(redirectUri))
      throw new Error(`the sign-in ended at ${end.url.href}: ${messageOf(end)}`);
    return deliver(browser, end);
  }

  /** Enters the code of a device on the page that the program named. */
  async enterCode(line: string): Promise<void> {
    const [page = '', userCode = ''] = line.split(' ');
    const card = this.graph.server.card('ana');
    const end = await signInAt(new URL(page), { username, card, userCode }, this.browser());
    if (!/You have signed in on your device/.test(end.body)) throw new Error(messageOf(end));
  }

  /** The access token that a demo person gets for this application from it. */
  async tokenFor(appId: string, redirectUri: string, scope: string): Promise<Readonly<Record<string, unknown>>> {
    const { server } = this.graph;
    const request = { clientId: appId, redirectUri, scope };
    const end = await server.signIn(username, server.card('ana'), request);
    if (end.kind !== 'signedIn') throw new Error(JSON.stringify(end));
    return end.tokens;
  }
}

async function deliver(browser: Browser, { url, posts }: End): Promise<End> {
  let page = posts ? await browser.post(url, { ...posts }) : await browser.get(url);
  for (let step = 0; page.location !== undefined && step < 10; step++)
    page = await browser.get(new URL(page.location, page.url));
  return page;
}

const messageOf = ({ body }: { readonly body: string }): string =>
  body
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>|\s+/g, ' ')
    .slice(0, 600);
