import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A PKCS #11 library with a token of its own, and the variables by which it finds it. */
export interface TokenModule {
  readonly library: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What a browser's NSS store shall hold. */
export interface NssContent {
  /** PEM file of the root that signed the server's TLS certificate. */
  readonly tlsRoot: string;
  /** PKCS #12 files with the password `cardea`. */
  readonly cards: readonly string[];
  readonly module?: TokenModule | undefined;
}

/** Makes an NSS store in a folder, the way an administrator does: `certutil`, `pk12util`, `modutil`. No password. */
export function makeNssStore(folder: string, { tlsRoot, cards, module }: NssContent): void {
  mkdirSync(folder, { recursive: true });
  const store = `sql:${folder}`;
  execFileSync('certutil', ['-d', store, '-N', '--empty-password']);
  execFileSync('certutil', ['-d', store, '-A', '-n', 'cardea', '-t', 'C,,', '-i', tlsRoot]);
  for (const card of cards)
    execFileSync('pk12util', ['-d', store, '-i', card, '-W', 'cardea', '-K', ''], { stdio: 'ignore' });
  if (module) {
    const words = ['-dbdir', store, '-add', 'card', '-libfile', module.library, '-force'];
    execFileSync('modutil', words, { stdio: 'ignore', env: { ...process.env, ...module.environment } });
  }
}
