import type { Output } from '#cli/command.ts';
import { runCardea } from '#server/command-line.ts';
import '#server/reasons/join.ts';

// A reader of the output that goes away does not end the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const output: Output = {
  cwd: process.cwd(),
  isTerminal: process.stdout.isTTY === true,
  columns: process.stdout.columns || undefined, // 0 where a terminal has no size yet
  say: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
};
process.exitCode = await runCardea(process.argv.slice(2), output);
