import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser, type CardInReader, type Page } from '#cli/client/browser.ts';
import { claimsOf, type RunningServer } from './server.ts';

/** A person at a browser without script: follows redirects, fills forms, and stops at pages. */
export class Sitting {
  readonly browser: Browser;
  readonly #server: RunningServer;
  page: Page | undefined;
  correlationId = '';

  constructor(server: RunningServer, card?: CardInReader) {
    this.browser = new Browser(card, server.trust);
    this.#server = server;
  }

  /** Begins a sign-in to the command line's application, as far as the first page. */
  open(more: Readonly<Record<string, string>> = {}): Promise<Page> {
    this.correlationId = crypto.randomUUID();
    const url = new URL('/woodgrove.test/oauth2/v2.0/authorize', this.#server.origin);
    url.search = String(
      new URLSearchParams({
        client_id: commandLineApplication.appId,
        response_type: 'code',
        redirect_uri: commandLineApplication.redirectUris[0]!,
        scope: 'openid profile',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        'client-request-id': this.correlationId,
        ...more,
      }),
    );
    return this.goTo(url);
  }

  async goTo(where: string | URL): Promise<Page> {
    return this.#follow(await this.browser.get(new URL(where, this.page?.url ?? this.#server.origin)));
  }

  /** Sends the form that has a field or a button of this name, with its hidden fields. */
  async fill(values: Readonly<Record<string, string>>, form = 0): Promise<Page> {
    const { url } = this.page!;
    const body = plain(this.page!.body);
    const names = Object.keys(values);
    const forms = [...body.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
    const fitting = forms.filter(([, , inner]) => names.every((name) => inner!.includes(`name="${name}"`)));
    const [, action, inner] = fitting[form] ?? [];
    if (action === undefined) throw new Error(`no form with ${names.join(', ')} at ${url.pathname}: ${body}`);
    const hidden = [...inner!.matchAll(/<input type="hidden" name="([^"]*)"[^>]*value="([^"]*)"/g)];
    const existing = Object.fromEntries(hidden.map(([, name, value]) => [name!, value!]));
    return this.#follow(await this.browser.post(new URL(action, url), { ...existing, ...values }));
  }

  /** Sends the first form that leads to a path with this in it, as it is. */
  async press(part: string): Promise<Page> {
    const { url } = this.page!;
    const body = plain(this.page!.body);
    const forms = [...body.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
    const [, action, inner] = forms.find(([, where]) => where!.includes(part)) ?? [];
    if (action === undefined) throw new Error(`no form to ${part} at ${url.pathname}: ${body}`);
    const hidden = [...inner!.matchAll(/<input type="hidden" name="([^"]*)"[^>]*value="([^"]*)"/g)];
    const existing = Object.fromEntries(hidden.map(([, name, value]) => [name!, value!]));
    return this.#follow(await this.browser.post(new URL(action, url), existing));
  }

  /** Follows the link that leads to a path with this in it. */
  follow(part: string): Promise<Page> {
    const links = [...plain(this.page!.body).matchAll(/<a[^>]*href="([^"]*)"/g)].map(([, href]) => href!);
    const href = links.find((link) => link.includes(part));
    if (href === undefined) throw new Error(`no link to ${part} at ${this.page!.url.pathname}: ${this.page!.body}`);
    return this.goTo(href);
  }

  /** Name and password. */
  async withPassword(username: string, password: string): Promise<Page> {
    const page = await this.fill({ username });
    if (!page.body.includes('name="password"')) await this.follow('other=1'); // habit began with another method (MRU-1)
    return this.fill({ password });
  }

  async withCard(username: string): Promise<Page> {
    const page = await this.fill({ username });
    return page.body.includes('id="use-certificate"') ? this.follow('/certificate') : page;
  }

  /** Where the sign-in ended: back at the application with a code, or at none. */
  get isSignedIn(): boolean {
    return /^http:\/\/localhost.*[?&]code=/.test(this.page?.location ?? '');
  }

  /** `/login/{uid}` of the sign-in, as the page's forms and links name it. */
  get base(): string {
    const { url, body } = this.page!;
    return /\/login\/[\w-]{10,}/.exec(`${url.pathname} ${body}`)![0];
  }

  /** The number an error or a problem shows. */
  get number(): string | undefined {
    return /AADSTS\d+/.exec(this.page?.body ?? '')?.[0];
  }

  get heading(): string | undefined {
    return /<h1>([^<]*)<\/h1>/.exec(this.page?.body ?? '')?.[1];
  }

  /** What the application learns. */
  async claims(): Promise<{ readonly id: Record<string, unknown>; readonly tokens: Record<string, unknown> }> {
    const code = new URL(this.page!.location!).searchParams.get('code')!;
    const answer = await this.browser.post(new URL('/woodgrove.test/oauth2/v2.0/token', this.#server.origin), {
      grant_type: 'authorization_code',
      client_id: commandLineApplication.appId,
      code,
      redirect_uri: commandLineApplication.redirectUris[0]!,
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    });
    const tokens = JSON.parse(answer.body) as Record<string, unknown>;
    if (!tokens.id_token) throw new Error(answer.body);
    return { id: claimsOf(tokens.id_token), tokens };
  }

  /** What the log says of this sign-in: how each entry ended, its code, and the methods shown. */
  async log(): Promise<readonly (readonly [status: string, code: string, methods: string])[]> {
    const entries = await this.#server.entries(this.correlationId);
    return entries.map(({ status, because, proofs }) => [
      status,
      because.code,
      proofs.map(({ method }) => method).join(' '),
    ]);
  }

  async #follow(page: Page): Promise<Page> {
    let current = page;
    for (let hops = 0; current.location && hops < 12; hops++) {
      const next = new URL(current.location, current.url);
      if (next.protocol === 'http:') break;
      current = await this.browser.get(next);
    }
    this.page = current;
    return current;
  }
}

/** Attributes as a browser reads them. */
const plain = (body: string): string =>
  body.replaceAll('&amp;', '&').replaceAll('&quot;', "'").replaceAll('&#39;', "'");
