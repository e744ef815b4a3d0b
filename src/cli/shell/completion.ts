import { type Command, everywhere, nameOf } from '../command.ts';

/** What completes a command line: the words of each command, and its options. */
interface Completion {
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** The shells for which a script is written. */
export const shells = ['bash', 'zsh'] as const;

/** A script that completes commands and their options in a shell; zsh reads the one for bash. */
export function completionScript(shell: (typeof shells)[number], commands: readonly Command[]): string {
  const script = bashScript(commands.map(completionOf));
  return shell === 'bash' ? script : `#compdef cardea\nautoload -U +X bashcompinit && bashcompinit\n${script}`;
}

const completionOf = (command: Command): Completion => ({
  words: nameOf(command),
  options: Object.keys({ ...command.options, ...everywhere }).map((name) => `--${name}`),
});

/** A `case` for each beginning of a command: the words that follow it, else its options. */
function bashScript(completions: readonly Completion[]): string {
  const prefixes = [
    ...new Set(completions.flatMap(({ words }) => words.map((_, index) => words.slice(0, index).join(' ')))),
  ];
  const paths = [...new Set([...completions.map(({ words }) => words.join(' ')), ...prefixes])];
  const cases = paths.map((path) => {
    const depth = path === '' ? 0 : path.split(' ').length;
    const below = completions.filter(({ words }) => words.length > depth && words.slice(0, depth).join(' ') === path);
    const next = [...new Set(below.map(({ words }) => words[depth]!))].sort();
    const options = completions.find(({ words }) => words.join(' ') === path)?.options ?? [];
    return `    "${path}") words="${[...next, ...options].join(' ')}" ;;`;
  });
  return `_cardea() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in [a-z]*) path="\${path:+$path }$word" ;; *) break ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _cardea cardea
`;
}
