import '#server/reasons/join.ts';
import type { Command, Output } from '../../command.ts';
import { deviceBrowserHost } from '../../commands/device/browser-host.ts';
import { devicePam } from '../../commands/device/pam.ts';
import { localFiles } from '../../input/files.ts';
import { escaping, reportFaults } from '../../output/report.ts';
import { readCommandLine } from '../../program.ts';
import { packageVersion } from '../../version.ts';

// The commands of a workstation. Those that run at every prompt and in every browser load nothing of the others, and nothing
// of the server: they start in a third of the time.
const quickCommands: readonly Command[] = [devicePam, deviceBrowserHost];
const words = process.argv.slice(2);
const isQuick = quickCommands.some(({ usage }) => usage.split(' ')[1] === words[1]);
const commands = isQuick
  ? quickCommands
  : [...(await import('../device-commands.ts')).deviceCommands, ...quickCommands];

// A reader of the output that goes away does not end the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const terminal: Output = {
  cwd: process.cwd(),
  isTerminal: process.stdout.isTTY === true,
  columns: process.stdout.columns || undefined,
  say: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
};
const output = escaping(terminal);
const nothingStored = () => Promise.reject(new Error('a workstation opens no data folder'));

process.exitCode = await reportFaults(output, words.includes('--json'), async () => {
  const texts = { version: `cardea ${packageVersion()}`, footer: '' };
  const line = readCommandLine(words, commands, texts, output);
  if ('exit' in line) return line.exit;
  const { command, values, positionals } = line;
  const files = localFiles(output.cwd);
  return command.run({
    values,
    positionals,
    output,
    files,
    open: nothingStored,
    dataFolder: () => undefined,
    elsewhere: async () => ({ exit: 1, out: '' }),
  });
});
