import { unseenCharacters } from '#core/unseen-characters.ts';

const controls = new RegExp(`(?!\\n)(?:${unseenCharacters})`, 'gu');

/**
 * Text for a terminal: every character that is not seen, but the line feed, is written as `\u` and four hex digits. Within
 * a JSON document this is the same document, because JSON reads the escape back. Text that is escaped already stays as it is.
 */
export function escapeForTerminal(text: string): string {
  return text.replace(controls, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** The same for a value that stands within one line, such as a table cell: line feeds are escaped, too. */
export function escapeWithinLine(text: string): string {
  return escapeForTerminal(text).replaceAll('\n', '\\n');
}
