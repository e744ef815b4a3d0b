import { gunzipSync, inflateRawSync } from 'node:zlib';
import { fault } from '#core/trace/fault.ts';
import type { CrlFile } from '#ports/revocation.ts';

/** Files in an archive, and bytes that they may have in all: ten of the largest CRLs known, several times over. */
const limits = { files: 10_000, bytes: 1024 * 1024 * 1024 };

/**
 * The files of a zip, tar or gzip file; the file itself when it is not an archive.
 * @throws archiveUnreadable
 */
export function filesIn(bytes: Uint8Array, name: string): readonly CrlFile[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (file.readUInt32LE && file.length > 4 && file.readUInt32LE(0) === 0x04034b50) return unzip(file, name);
  if (file[0] === 0x1f && file[1] === 0x8b)
    return filesIn(
      orUnreadable(() => gunzipSync(file, atMost(limits.bytes)), name),
      name,
    );
  if (isTarHeader(file.subarray(0, 512))) return untar(file, name);
  return [{ name, bytes }];
}

const atMost = (bytes: number) => ({ maxOutputLength: Math.max(1, bytes) });

function orUnreadable(unpack: () => Buffer, name: string): Buffer {
  try {
    return unpack();
  } catch (problem) {
    throw unreadable(name, (problem as Error).message);
  }
}

const unreadable = (file: string, problem: string) => fault('archiveUnreadable', { file, problem });

/** The central directory says where each file is (APPNOTE 4.3.12); stored and deflated files, without encryption. */
function unzip(file: Buffer, name: string): readonly CrlFile[] {
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > file.length) throw unreadable(name, 'the zip file has no directory');
  const count = file.readUInt16LE(end + 10);
  if (count > limits.files) throw unreadable(name, `more than ${limits.files} files`);
  const files: CrlFile[] = [];
  let at = file.readUInt32LE(end + 16);
  let room = limits.bytes;
  for (let i = 0; i < count; i++) {
    const entry = file.subarray(at, at + 46);
    if (entry.length < 46 || entry.readUInt32LE(0) !== 0x02014b50) throw unreadable(name, 'its directory is damaged');
    const nameEnd = at + 46 + entry.readUInt16LE(28);
    const inside = file.subarray(at + 46, nameEnd).toString('utf8');
    at = nameEnd + entry.readUInt16LE(30) + entry.readUInt16LE(32);
    if (inside.endsWith('/')) continue;
    const bytes = contentsOf(file, entry, room, `${name}: ${inside}`);
    room -= bytes.length;
    files.push({ name: inside, bytes: new Uint8Array(bytes) });
  }
  return files;
}

function contentsOf(file: Buffer, entry: Buffer, room: number, name: string): Buffer {
  const [flags, method, size, at] = [
    entry.readUInt16LE(8),
    entry.readUInt16LE(10),
    entry.readUInt32LE(20),
    entry.readUInt32LE(42),
  ];
  const head = file.subarray(at, at + 30);
  if ((flags & 1) !== 0) throw unreadable(name, 'it is encrypted');
  if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50) throw unreadable(name, 'its directory is damaged');
  const start = at + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  const data = file.subarray(start, start + size);
  if (data.length !== size) throw unreadable(name, 'the zip file is truncated');
  if (method === 8) return orUnreadable(() => inflateRawSync(data, atMost(room)), name);
  if (method !== 0) throw unreadable(name, `the compression method ${method} is not supported`);
  if (size > room) throw unreadable(name, `more than ${limits.bytes} bytes`);
  return data;
}

/** POSIX ustar: a header whose checksum is the sum of its octets, the checksum itself taken as blanks. */
function isTarHeader(header: Buffer): boolean {
  if (header.length < 512 || header[0] === 0) return false;
  const sum = header.reduce((total, octet, index) => total + (index >= 148 && index < 156 ? 0x20 : octet), 0);
  return octal(header, 148, 8) === sum;
}

const textAt = (header: Buffer, start: number, length: number): string =>
  header
    .subarray(start, start + length)
    .toString('utf8')
    .replace(/\0.*$/s, '');
const octal = (header: Buffer, start: number, length: number): number =>
  Number.parseInt(textAt(header, start, length).trim(), 8);

function untar(file: Buffer, name: string): readonly CrlFile[] {
  const files: CrlFile[] = [];
  for (let at = 0; at + 512 <= file.length && file[at] !== 0; ) {
    const header = file.subarray(at, at + 512);
    const size = octal(header, 124, 12);
    if (!isTarHeader(header) || !Number.isSafeInteger(size) || at + 512 + size > file.length)
      throw unreadable(name, 'the tar file is damaged');
    const type = header[156];
    if (type === 0 || type === 0x30)
      files.push({ name: textAt(header, 0, 100), bytes: new Uint8Array(file.subarray(at + 512, at + 512 + size)) });
    if (files.length > limits.files) throw unreadable(name, `more than ${limits.files} files`);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
