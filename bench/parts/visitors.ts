import { type ChildProcess, fork } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { retryRange } from '#http/busy.ts';
import type { RunningServer } from '../../test/e2e/server.ts';
import { type Browser, Browsers, type Page, type Place, sent } from './browser.ts';
import { cpuSecondsOf } from './processes.ts';

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
  /** Requests, and new connections with a full TLS handshake each, of all visitors. */
  readonly requests: number;
  readonly handshakes: number;
  /** Processor seconds of the visitors. */
  readonly visitorSeconds: number;
}

/** Redirects and pages of one sign-in, at most. */
const mostSteps = 20;

/**
 * Visitors in a process of their own, so that their work is not counted as the server's and does not slow down the program that
 * measures. They do as little as a sign-in allows: raw requests on one connection a host, no reader of HTML, and no files of the pages.
 */
export class Visitors {
  readonly #process: ChildProcess;

  /** Starts the process. Every sign-in is made at `place`, with a new connection. */
  constructor(place: Place) {
    this.#process = fork(import.meta.filename, [JSON.stringify(place)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** Process of the visitors. */
  get pid(): number {
    return this.#process.pid!;
  }

  /**
   * A visitor who is answered 503 comes back with a new connection, after as many seconds as `Retry-After` may say, until the sign-in has
   * ended well. @throws Error of the first sign-in that ended in another way
   */
  async drive(visitors: number, signIns: number): Promise<Load> {
    const { pid } = this;
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
  const browsers = new Browsers(place);
  process.on('message', ({ visitors, signIns }: { readonly visitors: number; readonly signIns: number }) => {
    (place.browserKind === 'returning' ? browsers.prepare(signIn) : Promise.resolve())
      .then(() => drive((address) => signIn(browsers.open(address)), visitors, signIns))
      .then(
        (load) => process.send!(load),
        (problem: Error) => process.send!({ problem: problem.message }),
      );
  });
}

async function drive(signIn: (address: string) => Promise<Admitted | undefined>, visitors: number, count: number) {
  const [times, timesAdmitted]: [number[], number[]] = [[], []];
  Object.assign(sent, { requests: 0, handshakes: 0 });
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
  return { seconds: (performance.now() - begin) / 1000, times, timesAdmitted, refusals, ...sent };
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
    const query = authorizeQuery(browser, challenge);
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

/** Its X.509 authenticator reads the certificate of the connection, so it answers authorize, or the form of the user name, with the code. */
async function signInAtKeycloak(browser: Browser): Promise<Admitted> {
  const { place } = browser;
  const { challenge, verifier } = newChallenge();
  const path = `/realms/${place.tenant}/protocol/openid-connect`;
  const application = place.hasApplicationConnection ? browser.application() : browser;
  try {
    let page = await browser.send(new URL(`${path}/auth?${authorizeQuery(browser, challenge)}`, place.origin));
    const admitted = { at: performance.now() };
    const action = /<form[^>]* action="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&');
    if (action) page = await browser.send(new URL(action, place.origin), { username: place.username });
    const { location } = page.headers;
    if (!location?.startsWith(place.redirectUri)) throw new Error(`Keycloak answered ${page.status}`);
    const code = new URL(location).searchParams.get('code');
    tokensOf(await application.send(new URL(`${path}/token`, place.origin), codeForm(place, code, verifier)));
    return admitted;
  } finally {
    browser.end();
    application.end();
  }
}

function newChallenge() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

const authorizeQuery = ({ place: { clientId, redirectUri, username }, isKnown }: Browser, challenge: string) =>
  new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(isKnown && { login_hint: username }),
  });

function codeForm({ clientId, redirectUri }: Place, code: string | null, verifier: string): Record<string, string> {
  if (code === null) throw new Error('there was no code');
  const form = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri };
  return { ...form, code, code_verifier: verifier };
}

function tokensOf({ body }: Page): void {
  if (!JSON.parse(body).id_token) throw new Error(body);
}
