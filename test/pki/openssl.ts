import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a program answers; used to skip loudly, naming the package it comes in. */
export function has(program: string, ...probe: readonly string[]): boolean {
  return spawnSync(program, probe, { stdio: 'ignore' }).error === undefined;
}

/** `{ skip }` for node:test: false, or a sentence that says what is missing and how to get it. */
export function needs(program: 'openssl' | 'pk12util'): { readonly skip: string | false } {
  const debian = { openssl: 'openssl', pk12util: 'libnss3-tools' }[program];
  const match = has(program, program === 'openssl' ? 'version' : '-H');
  return { skip: match ? false : `${program} is not installed (Debian: apt-get install ${debian})` };
}

export interface Ran {
  readonly status: number;
  /** Standard output and error together. */
  readonly text: string;
}

/** Runs a program in `folder` and waits for it. */
export function run(folder: string, program: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  return { status: status ?? -1, text: `${stdout}${stderr}` };
}

/** Calls `use` with a fresh folder holding `files`; the folder is gone afterwards. */
export function withFiles<T>(files: Readonly<Record<string, string | Uint8Array>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-pki-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
