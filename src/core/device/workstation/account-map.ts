import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import { isGuid } from '../guid.ts';
import { isUserPrincipalNameShaped } from '../sign-in-name.ts';
import type { LocalAccount } from './local-account.ts';

/** Which users may use which local accounts. */
export interface AccountMap {
  /** A user principal name in lower case, or an object id, and a local account. */
  readonly lines: readonly { readonly user: string; readonly account: string }[];
  /** Users of this domain may use the account that has the name before the `@`. */
  readonly domain: string | undefined;
}

/** The user whom the server named in its answer. */
export interface ServerUser {
  readonly userPrincipalName: string;
  readonly objectId: string;
}

/**
 * Reads the map: a line has a user principal name or an object id, white space, and a local account; `#` begins a comment.
 * A line that cannot be read makes the whole map unusable. Refuses with `accountMapMalformed`.
 */
export function readAccountMap(text: string, domain: string | undefined): Ruling<AccountMap> {
  const lines: AccountMap['lines'][number][] = [];
  for (const [index, rawLine] of text.split('\n').entries()) {
    const words = rawLine.replace(/#.*$/, '').trim();
    if (words === '') continue;
    const [user = '', account = '', ...furtherWords] = words.split(/\s+/);
    const problem = problemOf(user, account, furtherWords);
    if (problem !== undefined) return refused('accountMapMalformed', { line: index + 1, problem });
    lines.push({ user: user.toLowerCase(), account });
  }
  return passed({ lines, domain: domain?.toLowerCase() }, 'accountMapRead', { lines: lines.length });
}

function problemOf(user: string, account: string, furtherWords: readonly string[]): string | undefined {
  if (account === '' || furtherWords.length > 0) return 'it does not have two words';
  if (!isGuid(user) && !isUserPrincipalNameShaped(user)) return 'the first word is not a user';
  return undefined;
}

/**
 * Whether the user may use the account: a line of the map says so, or the account has the name before the `@` and the
 * domain is the one of the map. The rule of the domain never leads to user id 0. Refuses with `accountNotMapped`.
 */
export function evaluateAccount(map: AccountMap, user: ServerUser, account: LocalAccount): Ruling<LocalAccount> {
  const name = user.userPrincipalName.toLowerCase();
  const isNamed = map.lines.some(
    (line) => line.account === account.name && (line.user === name || line.user === user.objectId.toLowerCase()),
  );
  const isOfDomain = map.domain !== undefined && account.userId !== 0 && name === `${account.name}@${map.domain}`;
  const evidence = { user: user.userPrincipalName, account: account.name };
  return isNamed || isOfDomain ? passed(account, 'accountMapped', evidence) : refused('accountNotMapped', evidence);
}

/** The user principal names that the map has for an account: what is sent for a certificate that names no user. */
export const namesFor = (map: AccountMap, account: LocalAccount): readonly string[] => [
  ...map.lines.filter((line) => line.account === account.name && !isGuid(line.user)).map(({ user }) => user),
  ...(map.domain === undefined ? [] : [`${account.name}@${map.domain}`]),
];
