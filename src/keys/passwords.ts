import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Passwords } from '#ports/credentials.ts';

/** Argon2id is the library's default; OWASP's first choice of its cost: 19 MiB, two passes, one lane; 17 ms on the machine it was measured on. */
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A password longer than this is refused before it costs anything; no passphrase comes near it. */
const longest = 1024;

/** Without padding, as in a PHC string. */
const random = (octets: number): string => randomBytes(octets).toString('base64').replaceAll('=', '');

/** Argon2id, run off the event loop by the library. @param compare compares a password with a PHC string; throws for any other text */
export function openPasswords(compare: (phc: string, password: string) => Promise<boolean> = verify): Passwords {
  // An unknown user costs as much as a wrong password. No password is known that has these octets as its hash.
  const cost = `m=${settings.memoryCost},t=${settings.timeCost},p=${settings.parallelism}`;
  const nobodys = `$argon2id$v=19$${cost}$${random(16)}$${random(32)}`;
  return {
    hash: (password) => hash(password, settings),
    async verify(phc, password) {
      if (password.length > longest) return false;
      const right = await compare(phc ?? nobodys, password).catch(() => false);
      return phc !== undefined && right;
    },
  };
}
