/** The types of pictures that are taken: by their octets, never by a name or header. An SVG is a document with scripts. */
export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif' | 'image/x-icon';

export interface PictureFacts {
  readonly mediaType: PictureType;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** Type and size of a picture, from its first octets; undefined where they are of no picture that is taken. */
export function readPicture(octets: Uint8Array): PictureFacts | undefined {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  for (const { mediaType, signature, size } of formats) {
    if (!signature.test(bytes.subarray(0, 16).toString('hex'))) continue;
    const [width, height] = sizeWithin(bytes, size);
    return width > 0 && height > 0 ? { mediaType, width, height } : undefined;
  }
  return undefined;
}

type Size = readonly [width: number, height: number];

/** A picture that ends before its size has none. */
function sizeWithin(bytes: Buffer, size: (bytes: Buffer) => Size): Size {
  try {
    return size(bytes);
  } catch {
    return [0, 0];
  }
}

const formats: readonly { mediaType: PictureType; signature: RegExp; size: (bytes: Buffer) => Size }[] = [
  {
    mediaType: 'image/png',
    signature: /^89504e470d0a1a0a/,
    size: (bytes) => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)],
  },
  { mediaType: 'image/jpeg', signature: /^ffd8ff/, size: jpegSize },
  { mediaType: 'image/webp', signature: /^52494646.{8}57454250/, size: webpSize },
  {
    mediaType: 'image/gif',
    signature: /^474946383[79]61/,
    size: (bytes) => [bytes.readUInt16LE(6), bytes.readUInt16LE(8)],
  },
  // The first picture of the file; 0 means 256.
  {
    mediaType: 'image/x-icon',
    signature: /^00000100(?!0000)/,
    size: (bytes) => [bytes.readUInt8(6) || 256, bytes.readUInt8(7) || 256],
  },
];

/** ITU T.81 B.1.1.3, B.2.2: the frame header is the first SOF marker. */
function jpegSize(bytes: Buffer): Size {
  for (let at = 2; ; ) {
    while (bytes.readUInt8(at) === 0xff && bytes.readUInt8(at + 1) === 0xff) at += 1;
    if (bytes.readUInt8(at) !== 0xff) return [0, 0];
    const marker = bytes.readUInt8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    if (marker === 0xd9 || marker === 0xda) return [0, 0];
    at += 2 + bytes.readUInt16BE(at + 2);
  }
}

/** RFC 9649 §2: VP8X, VP8L or VP8. */
function webpSize(bytes: Buffer): Size {
  const chunk = bytes.toString('latin1', 12, 16);
  if (chunk === 'VP8X') return [1 + bytes.readUIntLE(24, 3), 1 + bytes.readUIntLE(27, 3)];
  if (chunk === 'VP8L') {
    const bits = bytes.readUInt32LE(21);
    return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)];
  }
  return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
}
