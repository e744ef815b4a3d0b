import { execFileSync } from 'node:child_process';
import { endOfRun } from './end-of-run.ts';

/**
 * Serves for one test file after another: runs `serve` as the program of the tests does, and again when that server has
 * stopped. Code that was loaded and compiled for one server is there for the next; everything else is made by its start. Other
 * command lines run in the same way. Each end is a line of {@link endOfRun} on both streams, after what the command line wrote.
 */

/** What a test process asks for. */
export type Wanted =
  | {
      /** The entry of the program: `main.js`. */
      readonly main: string;
      readonly words: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      /** The current folder, unless it stays what it is. */
      readonly cwd?: string;
    }
  /** Copies the data folder of the running server; answered with a message. Nothing of the server runs meanwhile. */
  | { readonly copy: string; readonly into: string };

let runs = 0;

async function runMain({ main, words, environment, cwd }: Exclude<Wanted, { copy: string }>): Promise<void> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  if (cwd !== undefined) process.chdir(cwd);
  process.argv = [process.execPath, main, ...words];
  process.exitCode = undefined;
  // The entry runs at its import: the query makes it another module, and what it imports stays the same.
  await import(`${main}?${runs++}`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.write(endOfRun(process.exitCode ?? 0));
  }
}

if (process.send !== undefined) {
  process.on('message', (wanted: Wanted) => {
    if (!('copy' in wanted)) return void runMain(wanted);
    // Another process copies: SQLite loses its locks where its own process closes the file.
    execFileSync('cp', ['-R', '-p', wanted.copy, wanted.into]);
    process.send!('copied');
  });
  process.on('disconnect', () => process.exit());
}
