import { type ChildProcess, spawn } from 'node:child_process';
import { createSign, randomFillSync } from 'node:crypto';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { lengthOctets } from '#core/asn1/write-der.ts';
import { readFrame } from '#core/crl/format/frame.ts';
import type { Authority } from '#pki/build/authority.ts';
import { manyEntries } from '#pki/build/crl-builder.ts';
import { bitString } from '#pki/build/der-writer.ts';

export interface LargeCrlInput {
  readonly authority: Authority;
  readonly number: bigint;
  /** Rounded up to whole millions above one. */
  readonly count: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/**
 * Writes a CRL of as many entries as you like without holding it: a million at a time, of random serial numbers, signed as
 * they go by. Returns how many octets and entries it has.
 */
export function writeLargeCrl(
  file: string,
  input: LargeCrlInput,
): { readonly octets: number; readonly entries: number } {
  const { authority, number, count, thisUpdate, nextUpdate } = input;
  const revocationDate = new Date(thisUpdate.getTime() - 86_400_000);
  const block = Math.min(count, 1_000_000);
  const blocks = Math.ceil(count / block);
  const serials = new Uint8Array(block * 16);
  const entries = () => {
    randomFillSync(serials);
    for (let at = 0; at < serials.length; at += 16) serials[at] = (serials[at]! & 0x3f) | 0x40;
    return manyEntries({ count: block, revocationDate, reason: 'keyCompromise', serials });
  };
  // One with a single entry says how everything around the entries looks.
  const small = authority.crl({ number, thisUpdate, nextUpdate, entries: [{ serial: 1n, revocationDate }] });
  const { tbs, entries: span, signatureAlgorithm } = readFrame(small);
  const [tbsStart, tbsEnd] = [tbs.byteOffset - small.byteOffset, tbs.byteOffset - small.byteOffset + tbs.length];
  const before = small.subarray(tbsStart + headLength(tbs), span.start - 2);
  const after = small.subarray(span.end, tbsEnd);
  const first = entries();
  const list = head(0x30, first.length * blocks);
  const around = [head(0x30, before.length + list.length + first.length * blocks + after.length), before, list];
  const tbsLength = around.reduce((sum, part) => sum + part.length, first.length * blocks + after.length);
  const signing = createSign('sha256');
  const descriptor = openSync(file, 'w');
  try {
    const write = (octets: Uint8Array) => {
      for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at);
    };
    const envelope = (octets: Uint8Array) => {
      signing.update(octets);
      write(octets);
    };
    write(head(0x30, tbsLength)); // a stand-in as long as the right one
    for (const part of around) envelope(part);
    for (let n = 0; n < blocks; n++) envelope(n === 0 ? first : entries());
    envelope(after);
    write(signatureAlgorithm);
    const signature = bitString(signing.sign(authority.privateKey));
    write(signature);
    const outer = head(0x30, tbsLength + signatureAlgorithm.length + signature.length);
    writeSync(descriptor, outer, 0, outer.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return { octets: statSync(file).size, entries: block * blocks };
}

const head = (tag: number, length: number): Uint8Array => Uint8Array.from([tag, ...lengthOctets(length)]);
const headLength = (element: Uint8Array): number => 2 + (element[1]! < 0x80 ? 0 : element[1]! & 0x7f);

/** Serves 1.crl, 2.crl, … one after the other and then the last again, from a separate process that counts the requests. */
const serverSource = `const { createReadStream, existsSync, statSync } = require('node:fs');
let n = 0;
const server = require('node:http').createServer((_, response) => {
  const file = (of) => process.argv[1] + '/' + of + '.crl';
  if (existsSync(file(n + 1))) n++;
  console.log('requested');
  response.writeHead(200, { 'content-length': statSync(file(n)).size });
  createReadStream(file(n)).pipe(response);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

export class CrlFolderServer {
  readonly #process: ChildProcess;
  readonly url: string;
  requests = 0;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  static async start(folder: string): Promise<CrlFolderServer> {
    const child = spawn(process.execPath, ['-e', serverSource, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout);
    const port: string = await new Promise((resolve) => lines.once('line', resolve));
    const server = new CrlFolderServer(child, `http://127.0.0.1:${port}/list.crl`);
    lines.on('line', () => {
      server.requests++;
    });
    return server;
  }

  stop(): void {
    this.#process.kill();
  }
}

/** Columns of one width; the last is the ratio. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  for (const cells of rows)
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '));
}
