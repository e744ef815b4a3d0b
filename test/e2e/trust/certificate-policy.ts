import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Chromium reads what an administrator of the machine decided. */
export const policies = '/etc/chromium/policies/managed';
const file = join(policies, 'cardea.json');
const lock = join(policies, '.cardea-lock');

/**
 * Lets Chromium choose a certificate by itself for the hosts of one port: a headless browser shows no picker. The
 * policy is machine-wide and one file's list hides every other's, so tests that run side by side share one list.
 */
export function letChoose(port: number): () => void {
  const pattern = JSON.stringify({ pattern: `https://[*.]localhost:${port}`, filter: {} });
  change((patterns) => [...patterns, pattern]);
  return () => change((patterns) => patterns.filter((item) => item !== pattern));
}

function change(work: (patterns: readonly string[]) => readonly string[]): void {
  take();
  try {
    const policy = JSON.stringify({ AutoSelectCertificateForUrls: work(current()) });
    writeFileSync(`${file}.new`, policy);
    renameSync(`${file}.new`, file);
  } finally {
    rmdirSync(lock);
  }
}

function current(): readonly string[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { AutoSelectCertificateForUrls: string[] })
      .AutoSelectCertificateForUrls;
  } catch {
    return [];
  }
}

/** A folder is made by one process alone. A process that died while holding it is not waited for longer than five seconds. */
function take(): void {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}
