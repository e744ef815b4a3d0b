import { type RequestOptions, request } from 'node:https';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import type { CardInReader } from '#cli/client/browser.ts';
import type { RunningServer } from '../server.ts';

/** An answer with its headers, for tests that look at what a browser would act on. */
export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}
export interface OutgoingRequest {
  readonly method?: string;
  /** Names in any case; an array is sent as several fields. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly card?: CardInReader;
}

/** One request as no browser would make it: any header, no cookie but those that are said. */
export function ask(server: RunningServer, url: URL, query: OutgoingRequest = {}): Promise<Heard> {
  const body = query.form ? String(new URLSearchParams(query.form)) : undefined;
  const options: RequestOptions = {
    host: '127.0.0.1',
    servername: url.hostname,
    port: url.port,
    path: url.pathname + url.search,
    method: query.method ?? (body === undefined ? 'GET' : 'POST'),
    ca: server.trust,
    agent: false,
    ...query.card,
    headers: {
      host: url.host,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length }),
      ...(query.headers as Record<string, string | string[]>),
    },
  };
  return new Promise((resolve, reject) => {
    const message = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headersDistinct as Record<string, string[]>,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    message.on('error', reject).end(body);
  });
}

/** An authorize request of the command line's own application, changed as said; an empty text takes a parameter away. */
export function authorizeUrl(server: RunningServer, change: Readonly<Record<string, string>> = {}): URL {
  const url = new URL('/woodgrove.test/oauth2/v2.0/authorize', server.origin);
  const parameters = {
    client_id: commandLineApplication.appId,
    response_type: 'code',
    redirect_uri: commandLineApplication.redirectUris[0]!,
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...change,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== '') url.searchParams.set(name, value);
  return url;
}
/** The verifier of {@link authorizeUrl}'s challenge (RFC 7636 Appendix B). */
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

export const numberIn = ({ body }: Pick<Heard, 'body'>): string | undefined => /AADSTS\d+/.exec(body)?.[0];
