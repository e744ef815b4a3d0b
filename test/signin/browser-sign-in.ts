import type { Flow } from '#model/sign-in.ts';
import type { Ports } from '#ports/ports.ts';
import type { Browser } from '../e2e/oidc/browser.ts';

/** A page of a sign-in, or a redirect. */
export interface SignInPage {
  readonly status: number;
  /** Where it leads: below the address of the sign-in, as `/factor`; else the whole address. */
  readonly location: string | undefined;
  readonly text: string;
  /** Of the page; undefined where there is none. */
  readonly heading: string | undefined;
  /** What its links with an id are: the ways that it offers. */
  readonly ways: readonly string[];
  readonly headers: Headers;
}

/** What a browser sends that follows a link. */
const ofBrowsers = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

/** One sign-in of a browser to the sign-in pages. */
export class BrowserSignIn {
  readonly browser: Browser;
  /** The page that the browser got from the authorization endpoint. */
  readonly first: SignInPage;
  /** `/login/{uid}` */
  readonly base: string;
  readonly uid: string;
  readonly #ports: Ports;

  private constructor(browser: Browser, ports: Ports, first: SignInPage) {
    this.browser = browser;
    this.first = first;
    this.#ports = ports;
    this.uid = /\/login\/([\w-]{10,})/.exec(`${first.location} ${first.text}`)?.[1] ?? '';
    this.base = `/login/${this.uid}`;
  }

  /** @param parameters of the authorization request, beside the usual ones */
  static async begin(
    browser: Browser,
    ports: Ports,
    parameters: Readonly<Record<string, string>>,
  ): Promise<BrowserSignIn> {
    const query = new URLSearchParams({
      ...{ response_type: 'code', scope: 'openid', state: 's', code_challenge_method: 'S256' },
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      ...parameters,
    });
    const response = await browser.fetch(`/${ports.tenant.id}/oauth2/v2.0/authorize?${query}`, {
      headers: ofBrowsers,
    });
    return new BrowserSignIn(browser, ports, await pageOf(response, ''));
  }

  /** @param path below the address of the sign-in; headers beside those of a browser that follows a link */
  async get(path = '', headers: Record<string, string> = {}): Promise<SignInPage> {
    const response = await this.browser.fetch(this.base + path, { headers: { ...ofBrowsers, ...headers } });
    return pageOf(response, this.base);
  }

  /** Sends a form of the sign-in. */
  async post(path: string, fields: Readonly<Record<string, string>> = {}): Promise<SignInPage> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const body = new URLSearchParams(fields).toString();
    return pageOf(await this.browser.fetch(this.base + path, { method: 'POST', headers, body }), this.base);
  }

  /** Types a name and its password. @returns what follows the password */
  async withPassword(username: string, password: string): Promise<SignInPage> {
    await this.post('/username', { username });
    return this.post('/password', { password });
  }

  /** What the sign-in has stored; undefined where it stored nothing or has ended. */
  flow(): Promise<Flow | undefined> {
    return this.#ports.flows.findByInteraction(this.uid, this.#ports.clock.now());
  }
}

async function pageOf(response: Response, base: string): Promise<SignInPage> {
  const location = response.headers.get('location') ?? undefined;
  const isBelow = base !== '' && location?.startsWith(base) === true;
  const text = await response.text();
  return {
    status: response.status,
    location: isBelow ? location.slice(base.length) : location,
    text,
    heading: /<h1>([^<]*)/.exec(text)?.[1],
    ways: [...text.matchAll(/<a class="method" id="([\w-]+)"/g)].map(([, id]) => id!),
    headers: response.headers,
  };
}
