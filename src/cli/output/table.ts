import Table from 'cli-table3';
import { escapeWithinLine } from './terminal.ts';

type Rows = readonly (readonly string[])[];

/** Standard output, as far as a table needs it. */
export interface Terminal {
  readonly isTerminal?: boolean | undefined;
  /** Columns of the terminal; undefined where they are not known. */
  readonly columns?: number | undefined;
}

/**
 * Rows that one table lays out. A command runs in the process that serves sign-ins, and 1,000 rows of four columns take about
 * 0.1 s of processor time, in which nothing else is served.
 */
export const mostRows = 1000;

/**
 * Rows of text in columns; the first row is the heading. Of a longer list the first {@link mostRows} are laid out, and a last
 * line says how many are left and how to get them. A cell is one line, whatever its text holds: this is the one place
 * that escapes stored names for a table. A file or a pipe gets plain columns. A terminal gets the first of these that it has columns for:
 * borders, plain columns, and a line for each cell.
 */
export function table(texts: Rows, { isTerminal = false, columns = Number.POSITIVE_INFINITY }: Terminal = {}): string {
  const rows = texts.slice(0, mostRows + 1).map((row) => row.map(escapeWithinLine));
  const left = texts.length - rows.length;
  const rest = left === 0 ? '' : `Rows not shown: ${left}. --json prints all ${texts.length - 1}.\n`;
  const { text, width } = columnsOf(rows, isTerminal);
  if (!isTerminal || width <= columns) return text + rest;
  const plainColumns = columnsOf(rows, false);
  return (plainColumns.width <= columns || rows.length === 1 ? plainColumns.text : cellLines(rows)) + rest;
}

/** A line for each cell, with its heading. An empty line ends each row. */
function cellLines([head = [], ...body]: Rows): string {
  const width = Math.max(...head.map((heading) => heading.length));
  const line = (cell: string, index: number) => `${head[index]!.padEnd(width)}  ${cell}`.trimEnd();
  return body.map((row) => `${row.map(line).join('\n')}\n`).join('\n');
}

/** Rows in columns, and the columns of a terminal that they take. */
function columnsOf(rows: Rows, isTerminal: boolean): { readonly text: string; readonly width: number } {
  const { lines, width } = layOut(
    rows.map((row) => row.map(withoutMarks)),
    isTerminal,
  );
  rows.forEach((row, index) => {
    // With borders, one stands above the heading and one below it.
    const line = isTerminal ? index + (index === 0 ? 1 : 2) : index;
    lines[line] = withMarks(lines[line]!, row);
  });
  return { text: `${lines.map((line) => line.trimEnd()).join('\n')}\n`, width };
}

/** cli-table3 compares every cell with all rows above it: pages keep the time in proportion to the rows. */
const rowsPerPage = 50;

/** The lines of a table, laid out in pages whose columns are equally wide. */
function layOut([head = [], ...body]: Rows, isTerminal: boolean): { readonly lines: string[]; readonly width: number } {
  const count = Math.max(1, Math.ceil(body.length / rowsPerPage));
  const pages = Array.from({ length: count }, (_, page) => body.slice(page * rowsPerPage, (page + 1) * rowsPerPage));
  const widths = pages.map((page) => print([head, ...page], isTerminal).widths);
  const colWidths = head.map((_, column) => Math.max(...widths.map((row) => row[column]!)));
  const lines = pages.flatMap((page, index) => {
    const { lines } = print([head, ...page], isTerminal, colWidths);
    const bottom = isTerminal && index < count - 1 ? -1 : undefined;
    return lines.slice(index === 0 ? 0 : isTerminal ? 3 : 1, bottom);
  });
  // Between columns stand two spaces, or a border with the padding that the columns have; a border is at both ends, too.
  const between = isTerminal ? head.length + 1 : 2 * (head.length - 1);
  return { lines, width: colWidths.reduce((sum, columnWidth) => sum + columnWidth, between) };
}

function print([head = [], ...body]: Rows, isTerminal: boolean, colWidths: readonly number[] = []) {
  const table = new Table({ ...(isTerminal ? withBorders : plain), head: [...head], colWidths: [...colWidths] });
  table.push(...body.map((row) => [...row]));
  const lines = table.toString().split('\n');
  return { lines, widths: table.options.colWidths as readonly number[] };
}

const style = { head: [], border: [], compact: true };
const withBorders = { style };
const plain = {
  chars: {
    ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
    ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
    ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
  },
  style: { ...style, 'padding-left': 0, 'padding-right': 0 },
};

/**
 * What takes no column of its own: marks that combine with the letter before them, and joiners. An emoji stays whole.
 * cli-table3 counts most of them as a column, so it lays the table out without them.
 */
const marks = /\p{RGI_Emoji}|[\p{Mn}\p{Me}\u200c\u200d]/gv;
const isMark = /^[\p{Mn}\p{Me}\u200c\u200d]$/u;

const withoutMarks = (text: string): string => text.replace(marks, (match) => (isMark.test(match) ? '' : match));

/** A cellText line in which each cell has its marks again. The cells stand in the line in their order. */
function withMarks(line: string, row: readonly string[]): string {
  let [result, rest] = ['', line];
  for (const cell of row) {
    const cellText = withoutMarks(cell);
    const start = rest.indexOf(cellText);
    result += rest.slice(0, start) + cell;
    rest = rest.slice(start + cellText.length);
  }
  return result + rest;
}
