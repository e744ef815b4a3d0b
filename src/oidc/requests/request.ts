import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { plainPath } from '#net/paths.ts';
import type { UserCodeGuesses } from '../device-code/user-code-guesses.ts';
import type { AuthorizeQuery } from '../endpoints/parameters.ts';
import type { TenantContext } from '../provider/options.ts';

/** A tenant whose provider is made. */
export interface Opened {
  readonly provider: Provider;
  /** Ids of the keys the provider was made with. */
  readonly kids: string;
  readonly context: TenantContext;
  readonly guesses: UserCodeGuesses;
}

/** Asks the sign-in pages instead of the client of a request. */
export type AskPages = (path: string, req: IncomingMessage, res: ServerResponse) => Promise<Response>;

/** A request, its tenant segment in lower case and its query. */
export interface Request {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly tenant: string;
  readonly query: AuthorizeQuery;
  /** Of the token and devicecode endpoints; 2 when absent. */
  readonly version?: 1 | 2;
  readonly askPages?: AskPages | undefined;
}

/** Makes the provider of a tenant, or finds it; undefined where there is no such tenant. */
export type Open = (tenantId: string) => Promise<Opened | undefined>;

/**
 * The path, with its fixed words in lower case. What stands behind them, such as an interaction or a user name, keeps its
 * case (windows-sign-in §0.5, rule 1).
 */
export const pathIn = (url: string): string => plainPath(url).replace(fixedWords, (words) => words.toLowerCase());
const fixedWords =
  /(?<=^\/[\w.-]{1,253}\/)(?:v2\.0\/\.well-known\/openid-configuration|\.well-known\/openid-configuration|oauth2\/(?:v2\.0\/)?(?:authorize|token|logout|devicecode|deviceauth)|discovery\/(?:(?:v2\.0\/)?keys|instance)|userrealm|getcredentialtype)(?=\/|$)/i;
