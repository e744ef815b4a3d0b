import type { IncomingMessage } from 'node:http';

/** How large bodies may be, for every reader of JSON and forms. */

/** The largest body in bytes where nothing larger is needed. */
export const usualBody = 100 * 1024;
/** The most members that the objects of a body may have altogether, and the most objects and arrays. */
export const mostMembers = 2_000;
/** The most fields of a form. The largest ones, of a token request, have about thirty. */
export const mostFields = 200;
/** How deep objects and arrays of a body may lie within each other. */
export const deepestJson = 32;

/** What Node's error says of a request whose connection was closed before it was whole. */
const requestAborted = 'aborted';

/** Whether a client closed its connection before its request was whole. It is not a fault of the service. */
export const isAbandoned = (problem: unknown): boolean =>
  problem instanceof Error && problem.message === requestAborted;

/** Octets of a refused body that are read and dropped, so that its sender gets to read the answer. */
const mostDropped = 1024 * 1024;

/**
 * The body of a request; undefined when it is larger than `limit` octets. The connection of a body that is too large stays
 * open for the answer: to throw out of an iteration of the request would end it. The rest of the body is dropped.
 */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      resolve(undefined);
      chunks.length = 0;
      if (size > limit + mostDropped) req.destroy();
    });
    req.once('end', () => resolve(Buffer.concat(chunks)));
    req.once('error', reject);
    req.once('close', () => reject(new Error(requestAborted)));
  });
}

/** The body of an answer, which the server that sends it does not make larger than `limit` octets. @throws what `tooLarge` makes of the octets so far */
export async function readAnswer(
  body: AsyncIterable<unknown>,
  limit: number,
  tooLarge: (octets: number) => Error,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * What is wrong with the shape of a JSON text, before it is parsed; undefined when nothing is. One pass over the text:
 * colons outside strings are members, brackets are depth. Elements of arrays count as members, too. Of a name that an object has twice
 * the parser would take the second value, and no reader could tell (RFC 8259 §4).
 */
export function jsonShapeProblem(text: string): string | undefined {
  let [members, containers, lastString] = [0, 0, ''];
  const open: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      const end = endOfString(text, i);
      lastString = text.slice(i, end + 1);
      i = end;
    } else if (code === 0x7b || code === 0x5b) {
      containers++;
      open.push(new Set());
      if (open.length > deepestJson) return `it is nested more than ${deepestJson} deep`;
      if (containers > mostMembers) return `it has more than ${mostMembers} objects and arrays`;
    } else if (code === 0x7d || code === 0x5d) open.pop();
    else if (code === 0x3a || code === 0x2c) {
      members++;
      if (members > 2 * mostMembers) return `it has more than ${mostMembers} members`;
      if (code === 0x3a && isSecond(lastString, open.at(-1))) return `it has ${lastString.slice(0, 80)} twice`;
    }
  }
  return undefined;
}

/** Whether an object had this name before, perhaps written with escapes. */
function isSecond(written: string, names: Set<string> | undefined): boolean {
  const name = written.includes('\\') ? unescaped(written) : written.slice(1, -1);
  if (names === undefined || name === undefined) return false;
  if (names.has(name)) return true;
  names.add(name);
  return false;
}

/** The text of a JSON string; undefined where it cannot be read, which the parser refuses. */
function unescaped(written: string): string | undefined {
  try {
    return String(JSON.parse(written));
  } catch {
    return undefined;
  }
}

/** The place of the quotation mark that ends a string; the length of the text where none does. Long strings are skipped over. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return end; // the backslashes escape each other, and not the mark
  }
  return text.length;
}

/** What is wrong with the number of fields of a form; undefined when nothing is. Read before the form is parsed. */
export function formShapeProblem(text: string): string | undefined {
  let fields = 1;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) {
    fields++;
    if (fields > mostFields) return `it has more than ${mostFields} fields`;
  }
  return undefined;
}
