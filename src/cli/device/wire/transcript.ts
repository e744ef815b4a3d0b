import { createHash } from 'node:crypto';
import { decodeBase64 } from '#core/device/jose/base64.ts';
import { escapeWithinLine } from '../../output/terminal.ts';
import { explanations, secretParts } from './explanations.ts';
import { isRecord, parseJson } from './json.ts';

/** Writes what is sent and answered, with its parts explained and without secrets. */
export interface Transcript {
  /** What the client does next, in a sentence. */
  step(sentence: string): void;
  request(method: string, url: URL, parts: Parts): void;
  answer(status: number, parts: Parts): void;
}

/** Headers, form or JSON of a message, by name. */
export type Parts = Readonly<Record<string, unknown>>;

export const silentTranscript: Transcript = { step: () => {}, request: () => {}, answer: () => {} };

/** A transcript that writes lines of text. */
export function openTranscript(write: (text: string) => unknown): Transcript {
  const lines = (...texts: readonly string[]) => write(`${texts.join('\n')}\n`);
  return {
    step: (sentence) => lines('', `# ${sentence}`),
    request: (method, url, parts) => lines(`> ${method} ${safeUrl(url)}`, ...describeParts(parts, '    ')),
    answer: (status, parts) => lines(`< ${status}`, ...describeParts(parts, '    ')),
  };
}

/** Query parameters are parts, too: a code in an address is as secret as in a form. */
function safeUrl(url: URL): string {
  const copy = new URL(url);
  for (const name of copy.searchParams.keys()) if (secretParts.has(name)) copy.searchParams.set(name, 'secret');
  return copy.href;
}

/** Lines that tell the parts of a message, nested ones indented. */
export function describeParts(parts: Parts, indent: string): readonly string[] {
  return Object.entries(parts).flatMap(([name, value]) => {
    const explanation = explanations[name];
    const [first = '', ...rest] = describeValue(name, value, `${indent}    `);
    const line = `${indent}${escapeWithinLine(name)} = ${first}`;
    return [explanation === undefined ? line : `${line.padEnd(72)}  (${explanation})`, ...rest];
  });
}

/** The value on its first line, and what is in it on further ones. */
function describeValue(name: string, value: unknown, indent: string): readonly string[] {
  if (secretParts.has(name)) return [secret(value)];
  if (name === 'x5c') return [certificatesOf(value)];
  if (typeof value === 'string') return describeText(value, indent);
  if (isRecord(value)) return ['{', ...describeParts(value, indent), `${indent.slice(4)}}`];
  return [shorten(JSON.stringify(value) ?? 'undefined')];
}

function describeText(text: string, indent: string): readonly string[] {
  const [header, payload] = text.split('.').map(objectIn);
  if (header && payload) {
    const signature = text.split('.')[2]!;
    const end = signature === '' ? 'without a signature' : 'its signature is not shown';
    return [`JWS, ${end}`, ...describeParts(header, indent), ...describeParts(payload, indent)];
  }
  if (header)
    return [text.includes('.') ? `JWE of ${text.length} characters` : 'JSON', ...describeParts(header, indent)];
  return [shorten(text)];
}

const objectIn = (part: string): Parts | undefined => {
  const octets = part.startsWith('ey') ? decodeBase64(part) : undefined;
  return octets && parseJson(Buffer.from(octets).toString('utf8'));
};

/** Certificates are named by their thumbprints: they are long, and public. */
function certificatesOf(value: unknown): string {
  const list = [value].flat().map((entry) => {
    const der = typeof entry === 'string' ? decodeBase64(entry) : undefined;
    return der ? `certificate ${createHash('sha1').update(der).digest('hex').toUpperCase()}` : 'no certificate';
  });
  return list.join(', ');
}

const secret = (value: unknown): string => `(secret, ${String(value).length} characters)`;
const longestText = 160;
/** On one line, whatever the server sent. */
const shorten = (text: string): string =>
  escapeWithinLine(text.length <= longestText ? text : `${text.slice(0, longestText)}… (${text.length} characters)`);
