import { createInterface } from 'node:readline/promises';

/** Asks a person at the terminal, on standard error. Undefined where standard input is no terminal. */
export async function askLine(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
