import { CookieJar } from 'tough-cookie';
import { fault } from '#core/trace/fault.ts';
import { readAnswer } from '#net/bodies.ts';
import { agentOf, type Network } from './network.ts';
import { openToken, type TokenCard } from './token-card.ts';

/** A card in the reader of a {@link Browser}: PEM, as TLS wants it, or a certificate whose key stays in a token. */
export type CardInReader = { readonly cert: string; readonly key: string } | TokenCard;

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Longest answer read: sign-in pages have a few kilobytes. */
const largestBody = 1024 * 1024;

/**
 * As much of a browser as a sign-in needs: cookies (RFC 6265), one certificate for hosts that ask, no script. Connections are
 * used again as long as the server keeps them; none is resumed, so every new one shows the certificate again.
 * `*.localhost` is this computer, as in real browsers (RFC 6761 §6.3).
 */
export class Browser {
  readonly #accept: string | undefined;
  readonly #agent: ReturnType<typeof agentOf>;
  readonly #cookies = new CookieJar(undefined, { rejectPublicSuffixes: false });

  /**
   * @param trust PEM of the CA of the servers, or the whole network
   * @param accept the header of that name: some servers lead only those to sign-in pages who say that they can show them
   */
  constructor(card: CardInReader | undefined, trust: string | Network | undefined, accept?: string) {
    this.#accept = accept;
    const network = typeof trust === 'object' ? trust : { ca: trust };
    // A token is opened once and for all: its engine cannot be loaded again.
    const tls = card && 'privateKeyEngine' in card ? { secureContext: openToken(card, network) } : { ...card };
    this.#agent = agentOf(network, tls);
  }

  get(url: URL): Promise<Page> {
    return this.#send(url, 'GET', undefined);
  }

  post(url: URL, form: Record<string, string>): Promise<Page> {
    return this.#send(url, 'POST', String(new URLSearchParams({ ...form })));
  }

  /** Ends the connections it keeps. */
  close(): void {
    void this.#agent.destroy();
  }

  /** @throws serverUnreachable */
  async #send(url: URL, method: 'GET' | 'POST', form: string | undefined): Promise<Page> {
    try {
      const answer = await this.#agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        ...(form === undefined ? {} : { body: form }),
        headers: {
          'user-agent': 'cardea',
          ...acceptOf(this.#accept, method),
          ...this.#cookieHeader(url),
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
      });
      const body = await textOf(answer.body);
      const { location, 'set-cookie': cookies = [] } = answer.headers;
      for (const line of [cookies].flat()) this.#cookies.setCookieSync(line, url.href, { ignoreError: true });
      return { url, status: answer.statusCode, location: [location].flat()[0], body, headers: answer.headers };
    } catch (problem) {
      const { message, code } = problem as NodeJS.ErrnoException;
      throw fault('serverUnreachable', { url: url.origin, problem: message || code || 'no answer' }, problem);
    }
  }

  #cookieHeader(url: URL): Record<string, string> {
    const cookie = this.#cookies.getCookieStringSync(url.href);
    return cookie === '' ? {} : { cookie };
  }
}

/** A browser accepts HTML where it goes. A form of a program is answered in JSON, so a form says nothing unless told to. */
const acceptOf = (accept: string | undefined, method: 'GET' | 'POST'): Record<string, string> => {
  const value = accept ?? (method === 'GET' ? 'text/html,*/*;q=0.8' : undefined);
  return value === undefined ? {} : { accept: value };
};

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const tooLarge = () => new Error('the answer is larger than a page can be');
  return (await readAnswer(body, largestBody, tooLarge)).toString('utf8');
}
