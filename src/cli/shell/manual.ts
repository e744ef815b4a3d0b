import { type Command, everywhere, helpTextOf } from '../command.ts';
import { exitCodes } from '../output/exit-codes.ts';

/** The manual page cardea(1), in the language of man: every command with its options. */
export function manualPage(commands: readonly Command[], version: string): string {
  const sections = [
    `.TH CARDEA 1 "" "Cardea ${version}" "Cardea"`,
    '.SH NAME\ncardea \\- sign-in server for users with certificates',
    '.SH SYNOPSIS\n.B cardea\n.I COMMAND\n[\\fIOPTION\\fR...]',
    '.SH DESCRIPTION\nA command asks the server that holds the data folder, or opens the data folder itself where none does.',
    `.SH COMMANDS\n${commands.map(commandText).join('\n')}`,
    `.SH OPTIONS OF EVERY COMMAND\n${optionsText(everywhere)}`,
    `.SH EXIT STATUS\n0: done, 1: failed, ${exitCodes.map(({ exit, meaning }) => `${exit}: ${meaning}`).join(', ')}.`.replaceAll(
      '-',
      '\\-',
    ),
  ];
  return `${sections.join('\n')}\n`;
}

const commandText = ({ usage, summary, options }: Command): string =>
  `.SS ${escaped(usage)}\n${escaped(summary)}\n${optionsText(options)}`.trimEnd();

const optionsText = (options: Command['options']): string =>
  Object.entries(options)
    .map(
      ([name, option]) =>
        `.TP\n\\fB\\-\\-${escaped(name)}\\fR${option.value ? ` \\fI${escaped(option.value)}\\fR` : ''}\n${escaped(helpTextOf(option))}`,
    )
    .join('\n');

/** A backslash, a hyphen and a control character at the beginning of a line have a meaning in man; its input is ASCII. */
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('\n', ' ')
    .replace(/[^ -~]/gu, codePoint)
    .replace(/^([.'])/, '\\&$1');

const codePoint = (letter: string): string =>
  `\\[u${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;
