import { CommanderError, Help, InvalidArgumentError, Command as Program, Option as ProgramOption } from 'commander';
import { fault } from '#core/trace/fault.ts';
import {
  alternatives,
  type Call,
  type Command,
  everywhere,
  helpTextOf,
  nameOf,
  type Option,
  type Output,
} from './command.ts';

/** A command line that was read: which command it names, with its options and arguments. */
export interface CommandLine extends Pick<Call, 'values' | 'positionals'> {
  readonly command: Command;
}

/** What is printed besides the commands themselves. */
export interface ProgramTexts {
  readonly version: string;
  /** Below the list of every command. */
  readonly footer: string;
}

/**
 * Reads a command line. `--help` and `--version` are answered here.
 * @returns what to run, or the exit code where nothing is left to run
 * @throws commandMisused
 */
export function readCommandLine(
  words: readonly string[],
  commands: readonly Command[],
  texts: ProgramTexts,
  output: Output,
): CommandLine | { readonly exit: number } {
  let line: CommandLine | undefined;
  const program = programOf(commands, words, output, (commandLine) => {
    line = commandLine;
  });
  program.version(texts.version, '-v, --version', 'Print the version.').addHelpText('after', `\n${texts.footer}`);
  try {
    program.parse(wordsFor(program, words), { from: 'user' });
  } catch (problem) {
    if (!(problem instanceof CommanderError)) throw problem;
    if (problem.exitCode === 0) return { exit: 0 };
    throw fault('commandMisused', { problem: commanderMessage(problem) });
  }
  if (line === undefined) throw new Error('the command line names no command, and commander accepted it');
  return line;
}

/**
 * `version` is `--version`, `help ca add` is `ca add --help`, and a group of commands alone is its help.
 * @throws commandMisused for options of a group
 */
function wordsFor(program: Program, words: readonly string[]): readonly string[] {
  if (words.length === 1 && words[0] === 'version') return ['--version'];
  if (words.length > 1 && words[0] === 'help') return wordsForHelp(program, words.slice(1));
  let group = program;
  for (const [index, word] of words.entries()) {
    const next = group.commands.find((child) => child.name() === word);
    if (next === undefined) {
      const sameMeaning = otherVerbOf(word, group);
      if (sameMeaning !== undefined) {
        const [there, meant] = [[...pathOf(group), word].join(' '), [...pathOf(group), sameMeaning].join(' ')];
        throw fault('commandMisused', { problem: `Unknown command "${there}". Did you mean "${meant}"?` });
      }
      if (index === 0 || leaves.has(group) || !isOption(word)) return words;
      const names = group.commands.map((child) => child.name()).join(', ');
      const problem = `Specify one of the commands of "${pathOf(group).join(' ')}" before its options: ${names}.`;
      throw fault('commandMisused', { problem });
    }
    group = next;
  }
  return leaves.has(group) ? words : [...words, '--help'];
}

/** Help of the command that the words begin with. Words that name no command are read as a command, and refused. */
function wordsForHelp(program: Program, words: readonly string[]): readonly string[] {
  let [command, depth] = [program, 0];
  for (const word of words) {
    const next = command.commands.find((child) => child.name() === word);
    if (next === undefined) break;
    [command, depth] = [next, depth + 1];
  }
  const isCommand = depth === words.length || (leaves.has(command) && command.commands.length === 0);
  return isCommand ? [...words.slice(0, depth), '--help'] : wordsFor(program, words);
}

/** Verbs of one meaning. A group has one of them. */
const verbs: readonly (readonly string[])[] = [
  ['add', 'create', 'new'],
  ['remove', 'delete', 'rm'],
  ['list', 'ls'],
  ['set', 'update', 'edit', 'change'],
  ['show', 'get'],
];

/** The command of a group that has the meaning of a word that it does not have; undefined where there is none. */
function otherVerbOf(word: string, group: Program): string | undefined {
  const words = verbs.find((item) => item.includes(word)) ?? [];
  return words.find((verb) => group.commands.some((child) => child.name() === verb));
}

const isOption = (word: string): boolean => word.startsWith('-') && !['-h', '--help'].includes(word);

/** `--help` of one command. */
export function helpOf(command: Command): string {
  const output: Output = { cwd: '.', say: () => undefined, complain: () => undefined };
  return leavesOf(programOf([command], [], output, () => undefined))[0]!.helpInformation();
}

/** The commands as commander has them: `ca add` is the command `add` of the command `ca`. */
function programOf(
  commands: readonly Command[],
  words: readonly string[],
  output: Output,
  run: (line: CommandLine) => void,
): Program {
  const program = new Program('cardea')
    .description('Sign-in for users with certificates.')
    .helpOption('-h, --help', everywhere.help!.help)
    .configureHelp({ formatHelp: formatWithLeaves })
    .configureOutput({
      writeOut: (text) => output.say(text),
      writeErr: (text) => output.complain(text),
      outputError: () => undefined, // the caller reports the fault that is thrown
      getOutHelpWidth: () => helpColumns,
      getErrHelpWidth: () => helpColumns,
    })
    .enablePositionalOptions()
    .exitOverride();
  for (const command of commands) addCommand(command, program, words, run);
  for (const leaf of leavesOf(program)) leaf.allowExcessArguments(leaf.commands.length > 0);
  return program;
}

/** Columns of a help page, the same in a terminal, in a file and in docs/reference. */
const helpColumns = 100;

function addCommand(
  command: Command,
  program: Program,
  words: readonly string[],
  run: (line: CommandLine) => void,
): void {
  const path = nameOf(command);
  const parent = path.slice(0, -1).reduce(groupIn, program);
  // `sign-in` is a command and the group of `sign-in list`.
  const leaf = groupIn(parent, path.at(-1)!).description(command.summary.replaceAll('\n', ' '));
  leaves.add(leaf);
  for (const argument of argumentsOf(command)) leaf.argument(argument);
  if (command.takes[1] > 0) leaf.exitOverride(explainDash);
  const declarations = Object.entries({ ...command.options, ...everywhere }).filter(([name]) => name !== 'help');
  const options = declarations.map(([name, option]) => optionOf(name, option, words));
  for (const option of options) leaf.addOption(option);
  const refuseOpposites = oppositesOf(leaf, options);
  leaf.action(() => {
    if (leaf.args.length > command.takes[1]) (leaf as UnknownCommand).unknownCommand(); // `sign-in lst`
    refuseOpposites();
    const file = leaf.registeredArguments.findIndex((argument) => /FILE|FOLDER/.test(argument.name()));
    if (leaf.args[file] === '')
      throw fault('commandMisused', { problem: `${leaf.registeredArguments[file]!.name()} is empty.` });
    requireChoice(leaf.registeredArguments[0]?.name(), leaf.args[0], command.choices);
    const values = Object.fromEntries(
      options.map((option) => [option.long!.slice(2), optionValue(option, leaf.opts())]),
    );
    run({ command, values, positionals: leaf.args });
  });
}

/**
 * commander takes the last one of `--hint` and `--no-hint`, and cannot declare that they conflict.
 * @returns a check for after the command line was read, which throws commandMisused
 */
function oppositesOf(leaf: Program, options: readonly ProgramOption[]): () => void {
  const typed = new Set<string>();
  for (const option of options) leaf.on(`option:${option.name()}`, () => typed.add(option.name()));
  return () => {
    const both = options.find(
      (option) => option.negate && [option.name(), option.name().slice(3)].every((name) => typed.has(name)),
    );
    if (!both) return;
    const problem = `Specify --${both.name().slice(3)} or --${both.name()}, not both.`;
    throw fault('commandMisused', { problem });
  };
}

/** An argument such as `-night shift` reads like an option. */
function explainDash(problem: CommanderError): never {
  const { code, exitCode, message } = problem;
  if (code !== 'commander.unknownOption' || message.includes('\n(')) throw problem;
  throw new CommanderError(exitCode, code, `${message}\n(Write -- before an argument that starts with a dash)`);
}

/** What commander calls for a group alone: it throws, with the commands whose names are similar. */
type UnknownCommand = Program & { unknownCommand(): never };

/** The programs that run something; the others are groups alone. */
const leaves = new WeakSet<Program>();

function groupIn(parent: Program, name: string): Program {
  return parent.commands.find((child) => child.name() === name) ?? parent.command(name);
}

/** `<FILE>` where the command needs it, `[FILE]` where it does not. */
function argumentsOf({ usage, takes: [least, most] }: Command): readonly string[] {
  const names = usage.split(' ').flatMap((word) => /^\[?([A-Z][A-Z_|]*)\]?$/.exec(word)?.[1] ?? []);
  const argument = (index: number) => names[index] ?? 'ARGUMENT';
  return Array.from({ length: most }, (_, index) => (index < least ? `<${argument(index)}>` : `[${argument(index)}]`));
}

/** @throws commandMisused where the value of an option or argument is not one of its choices */
function requireChoice(name: string | undefined, value: string | undefined, choices: readonly string[] | undefined) {
  if (value === undefined || choices === undefined || choices.includes(value)) return;
  const problem = `${name}: "${value}" is not valid. Specify ${alternatives(choices)}.`;
  throw fault('commandMisused', { problem });
}

function optionOf(name: string, declaration: Option, words: readonly string[]) {
  const { type, multiple, conflicts = [], value = 'TEXT', choices } = declaration;
  const option = new ProgramOption(type === 'boolean' ? `--${name}` : `--${name} <${value}>`, helpTextOf(declaration));
  option.conflicts(conflicts.map((other) => new ProgramOption(`--${other}`).attributeName()));
  if (type === 'boolean') return option;
  return option.argParser((text, earlier: unknown) => {
    // Else an option whose value was forgotten takes the next option for it.
    if (/^-./.test(text) && !words.includes(`--${name}=${text}`))
      throw new InvalidArgumentError(`To specify a value that starts with a dash, write --${name}=VALUE.`);
    requireChoice(`--${name}`, text, choices);
    if (multiple) return [...((earlier as readonly string[] | undefined) ?? []), text];
    if (typeof earlier === 'string') throw new InvalidArgumentError('The option can be specified only once.');
    return text;
  });
}

/** By the name in the declaration: `no-demo` is true where `--no-demo` is given. */
function optionValue(option: ProgramOption, values: Readonly<Record<string, unknown>>): Call['values'][string] {
  const value = values[option.attributeName()] as Call['values'][string];
  if (!option.negate) return value === false ? undefined : value;
  return value === false ? true : undefined;
}

/** Help of the program and of a group lists every command below it, with its whole name. */
function formatWithLeaves(program: Program, helper: Help): string {
  const withLeaves: Help = Object.assign(Object.create(helper) as Help, {
    visibleCommands: () => (program.commands.length === 0 ? [] : leavesOf(program)),
    subcommandTerm: (leaf: Program) => [...pathOf(leaf), ...leaf.registeredArguments.map(termOf)].join(' '),
  });
  return Help.prototype.formatHelp.call(withLeaves, program, withLeaves);
}

const termOf = (argument: Program['registeredArguments'][number]): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

/** The words of a command without the program's own. */
const pathOf = (program: Program): readonly string[] =>
  program.parent === null ? [] : [...pathOf(program.parent), program.name()];

const leavesOf = (program: Program): readonly Program[] =>
  program.commands.flatMap((child) => [...(leaves.has(child) ? [child] : []), ...leavesOf(child)]);

/** `error: unknown option '--prot'\n(Did you mean --port?)` as sentences. */
function commanderMessage({ message }: CommanderError): string {
  const sentences = message.replace(/^error: /, '').replace(/\n\((.*)\)$/, '. $1');
  return `${sentences.charAt(0).toUpperCase()}${sentences.slice(1)}`;
}
