import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from '../e2e/server.ts';

/** What a program answered on its last line. */
export type CliOptions = Record<string, unknown>;

/**
 * Runs one of `programs/` in a process of its own that trusts the server's root, as an application of another vendor
 * would: Node reads NODE_EXTRA_CA_CERTS only when it starts.
 */
export function runProgram(server: RunningServer, name: string, request: object): Promise<CliOptions> {
  const file = join(import.meta.dirname, 'programs', `${name}.ts`);
  const trust = join(server.folder, 'tls', 'root.pem');
  const child = spawn(process.execPath, [file, JSON.stringify({ origin: server.origin, ...request })], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: trust },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out.trim().split('\n').at(-1) ?? '') as CliOptions);
      else reject(new Error(`${name} ended with ${code}: ${err}${out}`));
    });
  });
}

/** The program's side: what it was asked. */
export const programInput = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;
/** The program's side: its answer, and its end, whatever connections a client still keeps. */
export function answerOfProgram(answer: object): never {
  writeSync(1, `\n${JSON.stringify(answer)}\n`);
  process.exit(0);
}
