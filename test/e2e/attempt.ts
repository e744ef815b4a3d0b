import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser, type CardInReader, type Page } from '#cli/client/browser.ts';
import type { RunningServer } from './server.ts';

/** A sign-in step by step, for tests that do something wrong at one of them. */
export class Attempt {
  readonly browser: Browser;
  readonly #server: RunningServer;

  constructor(server: RunningServer, card: CardInReader | undefined) {
    this.browser = new Browser(card, server.trust);
    this.#server = server;
  }

  /** Goes from the authorize request to the address of the certauth host. */
  async toCertauth(username: string): Promise<URL> {
    const page = await this.toPassword(username);
    const href = /id="use-certificate" href="([^"]*)"/.exec(page.body)?.[1];
    // A user who finished with a certificate before is sent there at once (MRU-1).
    const next = href ? await this.browser.get(new URL(href, page.url)) : page;
    return new URL(next.location!, next.url);
  }

  /** As far as the page after the user name, or the redirect that replaces it. */
  async toPassword(username: string): Promise<Page> {
    const page = await this.toUsername(username);
    return this.browser.get(new URL(page.location!, page.url));
  }

  /** As far as the answer to a user name. */
  async toUsername(username: string): Promise<Page> {
    const authorize = new URL('/woodgrove.test/oauth2/v2.0/authorize', this.#server.origin);
    authorize.search = String(
      new URLSearchParams({
        client_id: commandLineApplication.appId,
        response_type: 'code',
        redirect_uri: commandLineApplication.redirectUris[0]!,
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      }),
    );
    const page = await this.browser.get(authorize);
    const action = /action="([^"]*)"/.exec(page.body)![1]!;
    return this.browser.post(new URL(action, page.url), { username });
  }

  /** On to the address that takes the handoff; nothing has taken it yet. */
  async toHandoff(username: string): Promise<URL> {
    const page = await this.browser.get(await this.toCertauth(username));
    return new URL(page.location!, page.url);
  }
}

/** The number an error page shows. */
export const numberOn = (page: Page): string | undefined => /AADSTS\d+/.exec(page.body)?.[0];
