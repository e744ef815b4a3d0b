import { endianness } from 'node:os';
import { fault } from '#core/trace/fault.ts';
import { type JsonObject, parseJson } from '../wire/json.ts';

/** Octets of a message. Browsers accept 1 MiB from a host; a request is far smaller. */
const largestMessage = 1024 * 1024;
const isLittle = endianness() === 'LE';

/**
 * The messages of a browser to a native messaging host: a length of 32 bits in the byte order of the computer, and JSON in
 * UTF-8. The end of the input ends them. @throws browserRequestRefused
 */
export async function* readMessages(input: AsyncIterable<Uint8Array>): AsyncGenerator<JsonObject> {
  let octets = Buffer.alloc(0);
  for await (const chunk of input) {
    octets = Buffer.concat([octets, chunk]);
    for (;;) {
      if (octets.length < 4) break;
      const length = isLittle ? octets.readUInt32LE() : octets.readUInt32BE();
      if (length > largestMessage) throw fault('browserRequestRefused', { problem: `it has ${length} octets` });
      if (octets.length < 4 + length) break;
      const message = parseJson(octets.subarray(4, 4 + length).toString('utf8'));
      if (!message) throw fault('browserRequestRefused', { problem: 'it is not a JSON object' });
      octets = octets.subarray(4 + length);
      yield message;
    }
  }
}

/** A message to the browser. */
export function encodeMessage(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(4);
  if (isLittle) length.writeUInt32LE(text.length);
  else length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}
