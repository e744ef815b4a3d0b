import { existsSync, renameSync } from 'node:fs';

/** Runs a program of PostgreSQL as the user whose files these are, or `cp`. */
type Run = (program: string, args: readonly string[]) => void;

/**
 * Makes the data folder of a new PostgreSQL server at `data`. `initdb` takes half a second of processor time, and a copy of
 * what it made for an earlier test file of this run a tenth of that.
 */
export function makeDataFolder(data: string, run: Run): void {
  const template = process.env.TEST_POSTGRES_TEMPLATE;
  if (template !== undefined && existsSync(template)) {
    run('cp', ['-pR', template, data]);
    return;
  }
  run('initdb', ['-D', data, '-A', 'trust', '-N']);
  if (template === undefined) return;
  const copy = `${data}-template`;
  run('cp', ['-pR', data, copy]);
  try {
    renameSync(copy, template);
  } catch {
    // Another test file was faster; this copy goes with the folder of this one.
  }
}
