import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { encodingOf } from '#core/text-of-file.ts';

/** How a file is written. YAML 1.2 has JSON in it. */
export type DocumentForm = 'json' | 'yaml';

/** Milliseconds that a file may take. */
const usualPatience = 60_000;

/** What the thread runs: a text, because the bundle of the npm package has no file of it. Aliases are few, so that a small file cannot become a large one. */
const threadProgram = `
const { parentPort, workerData: { bytes, yaml, encoding } } = require('node:worker_threads');
try {
  const text = new TextDecoder(encoding).decode(bytes);
  const options = { maxAliasCount: 100, uniqueKeys: true, prettyErrors: true };
  parentPort.postMessage({ value: yaml ? require(yaml).parse(text, options) : JSON.parse(text) });
} catch (problem) {
  parentPort.postMessage({ problem: problem.message });
}`;

/**
 * Reads a document of an administrator in a thread of its own: the server often executes the command, and serves nothing while it parses. A file of
 * 50 MB of brackets takes seconds, and one of 1 MB of YAML with 30,000 names half a minute.
 * @param bytes UTF-8, with or without a byte order mark, or UTF-16 with one; they are moved to the thread
 * @param patience milliseconds
 * @throws Error with the message of the parser, or that the file takes too long
 */
export async function parseDocument(bytes: Uint8Array, form: DocumentForm, patience = usualPatience): Promise<unknown> {
  const yaml = form === 'yaml' ? createRequire(import.meta.url).resolve('yaml') : undefined;
  const thread = new Worker(threadProgram, {
    eval: true,
    workerData: { bytes, yaml, encoding: encodingOf(bytes) },
    transferList: [bytes.buffer as ArrayBuffer],
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<{ readonly value?: unknown; readonly problem?: string }>((resolve, reject) => {
      thread.once('message', resolve).once('error', reject);
      timer = setTimeout(() => reject(new Error(`it takes longer than ${patience / 1000} s to read`)), patience);
    });
    if (answer.problem !== undefined) throw new Error(answer.problem);
    return answer.value;
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
