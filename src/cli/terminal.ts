/**
 * C0 (line feed apart), DEL and C1 controls, the bidirectional formatting characters of Unicode UAX #9, the separators
 * U+2028 and U+2029, the tag characters and the byte order mark: what changes how a terminal shows the text around it.
 */
const controls = /(?!\n)[\p{Cc}\p{Cs}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Text for a terminal: every control character but the line feed is written as `\uXXXX`. Within a JSON document this is
 * the same document, because JSON reads the escape back. Text that is escaped already stays as it is.
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
