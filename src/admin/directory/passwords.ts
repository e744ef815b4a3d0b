import { CardeaError } from '#core/trace/fault.ts';
import { type Refusal, refused } from '#core/trace/ruling.ts';
import type { Passwords } from '#ports/credentials.ts';

const shortest = 8;
const longest = 256;

/**
 * The hash of a password that an administrator sets. Hashing takes tens of milliseconds, so it comes before the transaction of
 * the change; within it, hashing throws. @throws passwordTooWeak
 */
export async function hashPassword(password: string, passwords: Pick<Passwords, 'hash'>): Promise<string> {
  const weakness = checkPassword(password);
  if (weakness) throw new CardeaError(weakness.because);
  return passwords.hash(password);
}

/** Entra's rule: 8 to 256 characters, three of lower case, upper case, digits and signs. Undefined where a password has them. */
export function checkPassword(password: string): Refusal | undefined {
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  const isTaken = password.length >= shortest && password.length <= longest && kinds >= 3;
  return isTaken ? undefined : refused('passwordTooWeak', { shortest, longest });
}
