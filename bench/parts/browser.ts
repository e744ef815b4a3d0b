import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';

/**
 * The kind of browser. `new`: its user types the user name in a page before the certificate. `returning`: a browser in which the
 * user has signed in with a certificate before, sent by an application that knows the user name; its session has ended.
 */
export const browserKinds = ['new', 'returning'] as const;
export type BrowserKind = (typeof browserKinds)[number];

/** Where and how users sign in. */
export interface Place {
  readonly kind: 'cardea' | 'keycloak';
  /** By default a new one. */
  readonly browserKind?: BrowserKind;
  /** `https://localhost:port`. Every host name of it is this computer. */
  readonly origin: string;
  /** Tenant id, or realm. */
  readonly tenant: string;
  readonly username: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly card: { readonly cert: string; readonly key: string };
  /** The application redeems the code on a connection without the certificate; otherwise on the one of the first page. */
  readonly hasApplicationConnection?: boolean;
  /** Each visitor has a source address of its own, of 127.0.0.0/8, all of which is this computer on Linux. */
  readonly hasDistinctAddresses?: boolean;
}

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What this process has sent since these were set to 0. */
export const sent = { requests: 0, handshakes: 0 };

/** By host, then by name. */
type Cookies = Map<string, Map<string, Cookie>>;

interface Cookie {
  readonly path: string;
  readonly value: string;
  /** It outlives a session of the browser. */
  readonly isLasting: boolean;
}

/** Makes a browser for each sign-in: a new one, or one that has signed in before. */
export class Browsers {
  readonly #place: Place;
  // Otherwise every connection reads the card again.
  readonly #secureContext: SecureContext;
  #lasting: Cookies | undefined;

  constructor(place: Place) {
    this.#place = place;
    this.#secureContext = createSecureContext(place.card);
  }

  /** Signs in once, if that was not done before, and remembers the cookies that last. */
  async prepare(signIn: (browser: Browser) => Promise<unknown>): Promise<void> {
    if (this.#lasting) return;
    const browser = this.open('127.0.0.1');
    if (!(await signIn(browser))) throw new Error('the first sign-in of a returning browser was refused');
    this.#lasting = browser.lastingCookies();
  }

  open(localAddress: string): Browser {
    return new Browser(this.#place, { secureContext: this.#secureContext, localAddress }, this.#lasting);
  }
}

interface Connecting {
  readonly secureContext: SecureContext | undefined;
  readonly localAddress: string;
}

/** The connections and cookies of one sign-in. */
export class Browser {
  readonly place: Place;
  /** The user has signed in with it before, and the application knows the user name. */
  readonly isKnown: boolean;
  readonly #connecting: Connecting;
  readonly #agent: Agent;
  readonly #sockets = new WeakSet<Socket>();
  readonly #cookies: Cookies;

  constructor(place: Place, connecting: Connecting, cookies?: Cookies) {
    this.place = place;
    this.isKnown = cookies !== undefined;
    this.#connecting = connecting;
    this.#cookies = new Map([...(cookies ?? [])].map(([host, ofHost]) => [host, new Map(ofHost)]));
    const { secureContext, localAddress } = connecting;
    this.#agent = new Agent({
      ...(secureContext && { secureContext }),
      ...{ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, maxCachedSessions: 0 },
      ...(place.hasDistinctAddresses && { localAddress }),
    });
  }

  /** The application of the sign-in, which has no certificate. */
  application(): Browser {
    return new Browser(this.place, { ...this.#connecting, secureContext: undefined });
  }

  lastingCookies(): Cookies {
    const lasting = (cookies: Map<string, Cookie>) => new Map([...cookies].filter(([, { isLasting }]) => isLasting));
    return new Map([...this.#cookies].map(([host, cookies]) => [host, lasting(cookies)]));
  }

  end(): void {
    this.#agent.destroy();
  }

  send(url: URL, form?: Record<string, string>): Promise<Page> {
    const headers = {
      host: url.host,
      accept: 'text/html,*/*;q=0.8',
      ...this.#cookieHeader(url),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const place = { host: '127.0.0.1', servername: url.hostname, port: url.port, path: url.pathname + url.search };
    sent.requests++;
    return new Promise((resolve, reject) => {
      const message = request({ ...place, method: form ? 'POST' : 'GET', agent: this.#agent, headers }, (answer) => {
        for (const line of answer.headers['set-cookie'] ?? []) this.#keep(url, line);
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          resolve({ url, status: answer.statusCode!, headers: answer.headers, body });
        });
      });
      message.once('socket', (socket) => this.#count(socket));
      message.on('error', reject).end(form && String(new URLSearchParams(form)));
    });
  }

  #count(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    sent.handshakes++;
  }

  #cookieHeader(url: URL): { cookie?: string } {
    const cookies = [...(this.#cookies.get(url.host) ?? [])].filter(([, { path }]) => url.pathname.startsWith(path));
    return cookies.length === 0 ? {} : { cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join('; ') };
  }

  #keep(url: URL, line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(name.length + 1);
    const attribute = (start: RegExp) => attributes.find((text) => start.test(text));
    const path = attribute(/^path=/i)?.slice(5) ?? '/';
    const ofHost = this.#cookies.get(url.host) ?? new Map<string, Cookie>();
    this.#cookies.set(url.host, ofHost);
    if (value === '') ofHost.delete(name);
    else ofHost.set(name, { path, value, isLasting: attribute(/^(?:max-age|expires)=/i) !== undefined });
  }
}
