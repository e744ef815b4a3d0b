import type { Command } from '#cli/command.ts';
import { completionScript, shells } from '#cli/shell/completion.ts';
import { packageVersion } from '#cli/version.ts';

/** `completion` and `manual`, which know every command: those given, and themselves. */
export function shellCommands(furtherCommands: readonly Command[]): readonly Command[] {
  const completion: Command = {
    usage: 'completion SHELL',
    choices: shells,
    summary: 'Prints a script that completes commands and options in bash or zsh: source <(cardea completion bash).',
    takes: [1, 1],
    local: true,
    options: {},
    async run(call) {
      call.output.say(completionScript(shells.find((name) => name === call.positionals[0])!, await every()));
      return 0;
    },
  };
  const manual: Command = {
    usage: 'manual',
    summary: 'Prints the manual page cardea(1): cardea manual | man -l -.',
    takes: [0, 0],
    local: true,
    options: {},
    async run(call) {
      const { manualPage } = await import('#cli/shell/manual.ts');
      call.output.say(manualPage(await every(), packageVersion()));
      return 0;
    },
  };
  const every = async () => {
    const { housekeeping } = await import('#cli/shell/housekeeping.ts');
    return [...furtherCommands, ...housekeeping, completion, manual].toSorted((a, b) => (a.usage < b.usage ? -1 : 1));
  };
  return [...furtherCommands, completion, manual];
}
