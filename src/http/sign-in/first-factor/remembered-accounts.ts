import { parse } from 'hono/utils/cookie';
import { hostCookie } from '#pages/host-cookie.ts';
import { readUsername } from '#signin/user/username.ts';

const name = '__Host-cardea-accounts';
const most = 5;
const seconds = 90 * 86_400;
/** Five of the longest names; a browser sends no larger cookie. */
const longest = 4096;

/**
 * User names that finished signing in with this browser, the last one first. They are offered, never believed: a chosen
 * one is treated as if it had been typed.
 */
export function rememberedAccounts(cookies: string | undefined): readonly string[] {
  const value = parse(cookies ?? '', name)[name];
  if (!value || value.length > longest) return [];
  const names = Buffer.from(value, 'base64url').toString('utf8').split('\n');
  return names.filter((name) => readUsername(name).outcome === 'passed').slice(0, most);
}

/** The `set-cookie` line that puts a name first. */
export function rememberAccount(cookies: string | undefined, username: string): string {
  return line([username, ...without(rememberedAccounts(cookies), username)].slice(0, most));
}

/** The `set-cookie` line without a name. */
export function forgetAccount(cookies: string | undefined, username: string): string {
  return line(without(rememberedAccounts(cookies), username));
}

export const without = (names: readonly string[], username: string): readonly string[] =>
  names.filter((name) => name.toLowerCase() !== username.toLowerCase());

const line = (names: readonly string[]): string =>
  hostCookie(name, Buffer.from(names.join('\n')).toString('base64url'), names.length === 0 ? 0 : seconds);
