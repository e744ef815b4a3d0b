import { type Command, everywhere, nameOf, type Option } from '../command.ts';

/** What completes a command line: the words of each command, and what follows them: choices of its argument, and its options. */
interface Completion {
  readonly words: readonly string[];
  readonly options: readonly string[];
  /** What follows an option that has a value: a line of `case` for each list of choices. */
  readonly values: string;
}

/** The shells for which a script is written. */
export const shells = ['bash', 'zsh'] as const;

/** A script that completes commands and their options in a shell. */
export function completionScript(shell: (typeof shells)[number], commands: readonly Command[]): string {
  const choice = choiceOf(commands.map(completionOf));
  return shell === 'bash' ? bashScript(choice) : zshScript(choice);
}

function completionOf(command: Command): Completion {
  const options = Object.entries({ ...command.options, ...everywhere });
  return {
    words: nameOf(command),
    options: [...(command.choices ?? []), ...options.map(([name]) => `--${name}`)],
    values: valuesOf(options.filter(([, { type }]) => type === 'string')),
  };
}

/** Nothing completes a value without choices, so the shell offers files. */
function valuesOf(options: readonly (readonly [name: string, option: Option])[]): string {
  const lists = Map.groupBy(options, ([, { choices = [] }]) => choices.join(' '));
  const lines = [...lists].map(
    ([list, names]) => `${names.map(([name]) => `--${name}`).join('|')}) candidates="${list}" ;;`,
  );
  return `case "$previous" in ${lines.join(' ')} esac`;
}

/** What both shells read: which words make a command, and a `case` for each beginning of one: the words that follow it, else its options. */
interface Choice {
  readonly step: string;
  readonly candidates: string;
}

function choiceOf(completions: readonly Completion[]): Choice {
  const prefixes = [
    ...new Set(completions.flatMap(({ words }) => words.map((_, index) => words.slice(0, index).join(' ')))),
  ];
  const paths = [...new Set([...completions.map(({ words }) => words.join(' ')), ...prefixes])];
  const cases = paths.map((path) => {
    const depth = path === '' ? 0 : path.split(' ').length;
    const below = completions.filter(({ words }) => words.length > depth && words.slice(0, depth).join(' ') === path);
    const next = [...new Set(below.map(({ words }) => words[depth]!))].sort();
    const { options = [], values = '' } = completions.find(({ words }) => words.join(' ') === path) ?? {};
    return `    "${path}") candidates="${[...next, ...options].join(' ')}"; ${values} ;;`;
  });
  const known = paths.filter((path) => path !== '').map((path) => `"${path}"`);
  // Other words are options, their values and arguments.
  const step = `    case "\${command:+$command }$word" in ${known.join('|')}) command="\${command:+$command }$word" ;; esac`;
  return { step, candidates: `  case "$command" in\n${cases.join('\n')}\n  esac` };
}

const bashScript = ({ step, candidates }: Choice): string => `_cardea() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" word candidates=""
  # bash takes --option=value for three words.
  if [ "$current" = "=" ]; then current=""; elif [ "$previous" = "=" ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${step}
  done
${candidates}
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _cardea cardea
`;

/** The last line: the file is loaded by the first completion (`fpath`), or read by `source`. */
const zshScript = ({ step, candidates }: Choice): string => `#compdef cardea
_cardea() {
  local previous="\${words[CURRENT - 1]}" command="" word candidates=""
  if [[ "$PREFIX" == --*=* ]]; then previous="\${PREFIX%%=*}"; compset -P "*="; fi
  for word in "\${(@)words[2,CURRENT - 1]}"; do
${step}
  done
${candidates}
  local -a matches=(\${=candidates})
  compadd -a matches || _files
}
if [[ "\${funcstack[1]}" == _cardea ]]; then _cardea "$@"; else compdef _cardea cardea; fi
`;
