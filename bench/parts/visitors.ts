import { type ChildProcess, fork } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { retryRange } from '#http/busy.ts';
import type { RunningServer } from '../../test/e2e/server.ts';
import { cpuSecondsOf } from './processes.ts';

/**
 * Visitors in a process of their own, so that their work is not counted as the server's and does not slow down the program that
 * measures. They do as little as a sign-in allows: raw requests on one connection a host, and no reader of HTML.
 */
export interface Place {
  readonly kind: 'cardea' | 'keycloak';
  /** `https://localhost:port`. Every host name of it is this computer. */
  readonly origin: string;
  /** Tenant id, or realm. */
  readonly tenant: string;
  readonly username: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly card: { readonly cert: string; readonly key: string };
  /** Each visitor has a source address of its own, of 127.0.0.0/8, all of which is this computer on Linux. */
  readonly hasDistinctAddresses?: boolean;
}

/** Where `ana` of the demo tenant signs in to the command line. */
export async function cardeaPlace(server: RunningServer): Promise<Place> {
  return {
    ...{ kind: 'cardea', origin: server.origin, tenant: await server.tenantId(), username: 'ana@woodgrove.test' },
    clientId: commandLineApplication.appId,
    redirectUri: commandLineApplication.redirectUris[0]!,
    card: server.card('ana'),
  };
}

/** What a number of sign-ins took. */
export interface Load {
  readonly seconds: number;
  /** Milliseconds of each sign-in that was admitted, with its wait and its TLS handshakes. */
  readonly times: readonly number[];
  /** Milliseconds of each from its first answer, which it gets when it is admitted. */
  readonly timesAdmitted: readonly number[];
  /** Attempts that were answered "busy" before they began. */
  readonly refusals: number;
  /** Processor seconds of the visitors. */
  readonly visitorSeconds: number;
}

/** Redirects and pages of one sign-in, at most. */
const mostSteps = 20;

export class Visitors {
  readonly #process: ChildProcess;

  /** Starts the process. Every sign-in is made at `place`, with a new connection. */
  constructor(place: Place) {
    this.#process = fork(import.meta.filename, [JSON.stringify(place)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /**
   * A visitor who is answered 503 comes back with a new connection, after as many seconds as `Retry-After` may say, until the sign-in has
   * ended well. @throws Error of the first sign-in that ended in another way
   */
  async drive(visitors: number, signIns: number): Promise<Load> {
    const pid = this.#process.pid!;
    const before = cpuSecondsOf(pid);
    this.#process.send({ visitors, signIns });
    const [answer] = (await once(this.#process, 'message')) as [
      Omit<Load, 'visitorSeconds'> | { readonly problem: string },
    ];
    if ('problem' in answer) throw new Error(answer.problem);
    return { ...answer, visitorSeconds: cpuSecondsOf(pid) - before };
  }

  end(): void {
    this.#process.kill();
  }
}

if (process.argv[1] === import.meta.filename && process.send) {
  const place = JSON.parse(process.argv[2]!) as Place;
  const signIn = { cardea: signInAtCardea, keycloak: signInAtKeycloak }[place.kind];
  // Otherwise every connection reads the card again.
  const secureContext = createSecureContext(place.card);
  process.on('message', ({ visitors, signIns }: { readonly visitors: number; readonly signIns: number }) => {
    drive((address) => signIn(new Browser(place, secureContext, address)), visitors, signIns).then(
      (load) => process.send!(load),
      (problem: Error) => process.send!({ problem: problem.message }),
    );
  });
}

async function drive(signIn: (address: string) => Promise<Admitted | undefined>, visitors: number, count: number) {
  const [times, timesAdmitted]: [number[], number[]] = [[], []];
  let [countdown, refusals] = [count, 0];
  const attempt = async (address: string): Promise<boolean> => {
    const begin = performance.now();
    const admitted = await signIn(address);
    if (!admitted) return false;
    times.push(performance.now() - begin);
    timesAdmitted.push(performance.now() - admitted.at);
    return true;
  };
  const visitor = async () => {
    const address = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
    while (countdown-- > 0)
      while (!(await attempt(address))) {
        refusals++;
        await wait(1000 * randomInt(retryRange.soonest, retryRange.latest + 1));
      }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: visitors }, visitor));
  return { seconds: (performance.now() - begin) / 1000, times, timesAdmitted, refusals };
}

/** A sign-in that was not refused as it began. */
interface Admitted {
  /** When its first answer came (`performance.now`). */
  readonly at: number;
}

/** From authorize over the page of the user name and the certauth host to tokens; undefined where Cardea is busy. */
async function signInAtCardea(browser: Browser): Promise<Admitted | undefined> {
  const { place } = browser;
  const { challenge, verifier } = newChallenge();
  try {
    const query = authorizeQuery(place, challenge);
    let page = await browser.send(new URL(`/${place.tenant}/oauth2/v2.0/authorize?${query}`, place.origin));
    if (page.status === 503) return undefined;
    const admitted = { at: performance.now() };
    for (let step = 0; step < mostSteps; step++) {
      const { url, headers, body } = page;
      if (headers.location?.startsWith(place.redirectUri)) {
        const code = new URL(headers.location).searchParams.get('code');
        tokensOf(
          await browser.send(new URL(`/${place.tenant}/oauth2/v2.0/token`, url), codeForm(place, code, verifier)),
        );
        return admitted;
      }
      const action = /<form[^>]* action="([^"]+)"/.exec(body)?.[1];
      const certificate = / id="use-certificate" href="([^"]+)"/.exec(body)?.[1];
      if (headers.location) page = await browser.send(new URL(headers.location, url));
      else if (certificate) page = await browser.send(new URL(certificate, url));
      else if (action && body.includes('id="username"'))
        page = await browser.send(new URL(action, url), { username: place.username });
      else throw new Error(`Cardea answered ${page.status} at ${url.pathname}`);
    }
    throw new Error('Cardea led in a circle');
  } finally {
    browser.end();
  }
}

/** Its X.509 authenticator answers authorize with the code. */
async function signInAtKeycloak(browser: Browser): Promise<Admitted> {
  const { place } = browser;
  const { challenge, verifier } = newChallenge();
  const path = `/realms/${place.tenant}/protocol/openid-connect`;
  try {
    const { headers } = await browser.send(new URL(`${path}/auth?${authorizeQuery(place, challenge)}`, place.origin));
    const admitted = { at: performance.now() };
    const code = new URL(headers.location ?? '', place.origin).searchParams.get('code');
    tokensOf(await browser.send(new URL(`${path}/token`, place.origin), codeForm(place, code, verifier)));
    return admitted;
  } finally {
    browser.end();
  }
}

function newChallenge() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

const authorizeQuery = ({ clientId, redirectUri }: Place, challenge: string) =>
  new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });

function codeForm({ clientId, redirectUri }: Place, code: string | null, verifier: string): Record<string, string> {
  if (code === null) throw new Error('there was no code');
  const form = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri };
  return { ...form, code, code_verifier: verifier };
}

function tokensOf({ body }: Page): void {
  if (!JSON.parse(body).id_token) throw new Error(body);
}

interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The connections and cookies of one sign-in. */
class Browser {
  readonly place: Place;
  readonly #agent: Agent;
  /** By host, then by name: path and value. */
  readonly #cookies = new Map<string, Map<string, readonly [path: string, value: string]>>();

  constructor(place: Place, secureContext: SecureContext, localAddress: string) {
    this.place = place;
    this.#agent = new Agent({
      ...{ secureContext, keepAlive: true, maxSockets: 1, rejectUnauthorized: false, maxCachedSessions: 0 },
      ...(place.hasDistinctAddresses && { localAddress }),
    });
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
      message.on('error', reject).end(form && String(new URLSearchParams(form)));
    });
  }

  #cookieHeader(url: URL): { cookie?: string } {
    const all = [...(this.#cookies.get(url.host) ?? [])].filter(([, [path]]) => url.pathname.startsWith(path));
    return all.length === 0 ? {} : { cookie: all.map(([name, [, value]]) => `${name}=${value}`).join('; ') };
  }

  #keep(url: URL, line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(name.length + 1);
    const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) ?? '/';
    const ofHost = this.#cookies.get(url.host) ?? new Map();
    this.#cookies.set(url.host, ofHost);
    if (value === '') ofHost.delete(name);
    else ofHost.set(name, [path, value]);
  }
}
