import { createHmac } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { callPatience, Pkcs11Error } from './connection.ts';

/** Milliseconds between two looks whether another process has logged in. */
const pause = 20;

/** CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE and CKR_PIN_LOCKED. */
const refusals: readonly number[] = [0xa0, 0xa1, 0xa2, 0xa4];

/** Whether a token refused a PIN. */
export const isPinRefusal = (problem: unknown): problem is Pkcs11Error =>
  problem instanceof Pkcs11Error && refusals.includes(problem.number);

/** The attempts at the PIN of a token by all processes of a node. Three wrong PINs lock many tokens. */
export interface PinAttempts {
  /**
   * Runs a login with a PIN, one process at a time. A PIN that the token has refused is not tried again, by any process: a service manager that
   * starts a server again and again would lock the token. Where the folder of the file is missing, nothing is remembered, and none is made.
   * @throws Pkcs11Error of the refusal, also where another process met it; what `login` throws
   */
  run(pin: string, login: () => Promise<unknown>): Promise<void>;
  /** For a server that starts: the lock of a process that ended during its login is removed. */
  unlock(): void;
}

/** Attempts that are remembered in a file, by a keyed digest of the PIN, until an operator removes the file. @param key a secret of the installation */
export function pinAttemptsIn(file: string, key: Uint8Array): PinAttempts {
  const lock = `${file}.lock`;
  const digestOf = (pin: string) => createHmac('sha256', key).update(pin).digest('base64url');
  const refuseAgain = (digest: string) => {
    const [refused, number] = textOf(file).split(' ');
    if (refused === digest) throw new Pkcs11Error('C_Login', Number(number));
  };
  return {
    async run(pin, login) {
      const digest = digestOf(pin);
      refuseAgain(digest);
      // A command on a new node with PostgreSQL makes no data folder: one that root made would keep the user of the service out.
      if (!existsSync(dirname(file))) return void (await login());
      while (!take(lock)) await setTimeout(pause);
      try {
        refuseAgain(digest); // the process before had the same PIN
        await login();
      } catch (problem) {
        if (isPinRefusal(problem)) writeFileSync(file, `${digest} ${problem.number}`, { mode: 0o600 });
        throw problem;
      } finally {
        rmSync(lock, { force: true });
      }
    },
    unlock: () => rmSync(lock, { force: true }),
  };
}

/** Takes the lock. One that is older than a login can be is of a process that has ended. */
function take(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > 2 * callPatience) rmSync(lock, { force: true });
    return false;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw problem;
  }
}
