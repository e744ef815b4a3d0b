/** One assignment while it is read. `kept` is the length of the value without the spaces at its end. */
interface Line {
  name: string;
  value: string;
  kept: number;
}
type Step = (character: string, line: Line) => State;
type State = ReadingState | 'end';
type ReadingState =
  | 'beforeName'
  | 'name'
  | 'beforeWord'
  | 'word'
  | 'escape'
  | 'singleQuotes'
  | 'doubleQuotes'
  | 'doubleQuotesEscape'
  | 'comment'
  | 'commentEscape';

const newlines = '\n\r';
const spaces = ` \t${newlines}`;

/** What each state of the reader makes of a character: the next state. */
const steps: Readonly<Record<ReadingState, Step>> = {
  beforeName(character, line) {
    if ('#;'.includes(character)) return 'comment';
    if (spaces.includes(character)) return 'beforeName';
    line.name = character;
    return 'name';
  },
  name(character, line) {
    if (newlines.includes(character)) return 'beforeName'; // a line without an equals sign
    if (character === '=') return 'beforeWord';
    line.name += character;
    return 'name';
  },
  beforeWord(character, line) {
    if (newlines.includes(character)) return 'end';
    if (character === "'") return 'singleQuotes';
    if (character === '"') return 'doubleQuotes';
    if (character === '\\') return 'escape';
    return spaces.includes(character) ? 'beforeWord' : append(character, line, 'word');
  },
  word(character, line) {
    if (newlines.includes(character)) return 'end';
    if (character === '\\') return append('', line, 'escape');
    if (!spaces.includes(character)) return append(character, line, 'word');
    line.value += character;
    return 'word';
  },
  escape: (character, line) => (newlines.includes(character) ? 'word' : append(character, line, 'word')),
  singleQuotes: (character, line) => (character === "'" ? 'beforeWord' : append(character, line, 'singleQuotes')),
  doubleQuotes(character, line) {
    if (character === '"') return 'beforeWord';
    return character === '\\' ? 'doubleQuotesEscape' : append(character, line, 'doubleQuotes');
  },
  doubleQuotesEscape(character, line) {
    if (character === '\n') return 'doubleQuotes';
    return append('"\\`$'.includes(character) ? character : `\\${character}`, line, 'doubleQuotes');
  },
  comment(character) {
    if (character === '\\') return 'commentEscape';
    return newlines.includes(character) ? 'beforeName' : 'comment';
  },
  // Since systemd 254, a backslash does not continue a comment on the next line.
  commentEscape: (character) => (newlines.includes(character) ? 'beforeName' : 'comment'),
};

function append(characters: string, line: Line, next: State): State {
  line.value += characters;
  line.kept = line.value.length;
  return next;
}

/**
 * Reads the text of an EnvironmentFile by the rules of systemd (systemd.exec(5), and `parse_env_file_internal` of its source), which are
 * not those of a shell: `&`, `;`, `$`, backquotes and spaces are parts of a value. Names that no variable can have are left out.
 * @returns the value of each variable; of two lines of one name, the later one
 */
export function readEnvironmentFile(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  let state: ReadingState = 'beforeName';
  let line: Line = { name: '', value: '', kept: 0 };
  const finish = () => {
    const name = line.name.trimEnd();
    if (/^[A-Za-z_]\w*$/.test(name)) variables.set(name, line.value.slice(0, line.kept));
  };
  for (const character of text) {
    const next: State = steps[state](character, line);
    if (next === 'end') finish();
    state = next === 'end' ? 'beforeName' : next;
    if (state === 'beforeName') line = { name: '', value: '', kept: 0 };
  }
  // The last line can be without its end, and its value without the closing quote.
  if (statesOfValue.has(state)) finish();
  return variables;
}

const statesOfValue: ReadonlySet<ReadingState> = new Set([
  ...(['beforeWord', 'word', 'escape', 'singleQuotes', 'doubleQuotes', 'doubleQuotesEscape'] as const),
]);
