import { passed, type Ruling, refused } from '#core/trace/ruling.ts';

/** What a person typed on the user-name page, taken apart. `domain` is lower case and routes to a tenant. */
export interface Username {
  readonly username: string;
  readonly domain: string;
}

/** A user principal name may have 64 characters before the @ and a domain of 255 after it (RFC 5321 §4.5.3.1). */
const longest = 64 + 1 + 255;

/**
 * Reads a typed user principal name (FLOW-2). Only surrounding blanks are forgiven: anything that looks like one name
 * and is another (control characters, compatibility forms, a trailing dot) is refused, never repaired.
 */
export function readUsername(typedText: string): Ruling<Username> {
  const username = typedText.trim();
  const problem = problemOf(username);
  if (problem) return refused('usernameMalformed', { problem });
  const domain = username.slice(username.lastIndexOf('@') + 1).toLowerCase();
  return passed({ username, domain }, 'usernameRead', { domain });
}

function problemOf(username: string): string | undefined {
  if (username.length > longest) return `it is longer than ${longest} characters`;
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]/u.test(username)) return 'it has blanks or invisible characters';
  if (username !== username.normalize('NFKC')) return 'it has characters that only look like others';
  const parts = username.split('@');
  if (parts.length !== 2) return 'it needs exactly one @';
  if (!parts[0]) return 'there is nothing before the @';
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(parts[1]!)) return 'the part after the @ is not a domain name';
  return undefined;
}
