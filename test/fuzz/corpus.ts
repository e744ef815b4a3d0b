import { existsSync, readFileSync } from 'node:fs';

/** Octets by name; base64 in the files. */
export type Seeds = ReadonlyMap<string, Uint8Array>;

const read = (file: string): Record<string, string> => {
  const url = new URL(file, import.meta.url);
  return existsSync(url) ? (JSON.parse(readFileSync(url, 'utf8')) as Record<string, string>) : {};
};
const plain = (base64: Record<string, string>): Seeds =>
  new Map(Object.entries(base64).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, 'base64'))]));

/** Well-formed things to start from; make-corpus.ts made them. */
export const seeds: Seeds = plain(read('./corpus.json'));

/** Inputs that reached code which nothing before them had reached (`npm run fuzz -- --guided --keep`), as `target number`. */
export const discoveries: Seeds = plain(read('./discoveries.json'));
