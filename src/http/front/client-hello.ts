/** What a ClientHello's first bytes say: which host is meant, that more bytes are needed, or that it is not TLS. */
export type Hello =
  | { readonly kind: 'host'; readonly name: string | undefined }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'notTls' };

/** A ClientHello with every extension and post-quantum key shares stays below 4 KB. */
export const largestHello = 16 * 1024;

const handshake = 22;
const clientHello = 1;
const serverNameExtension = 0;

/** Reads the server name of a ClientHello that may be spread over several TLS records (RFC 8446 §5.1, RFC 6066 §3). */
export function readClientHello(bytes: Buffer): Hello {
  const message = handshakeBytes(bytes);
  if (message === undefined) return { kind: 'notTls' };
  if (message.length < 4) return { kind: 'incomplete' };
  if (message[0] !== clientHello) return { kind: 'notTls' };
  const length = message.readUIntBE(1, 3);
  if (length > largestHello) return { kind: 'notTls' };
  if (message.length < 4 + length) return { kind: 'incomplete' };
  try {
    return { kind: 'host', name: serverName(message.subarray(4, 4 + length)) };
  } catch {
    return { kind: 'notTls' }; // a length that points outside of the message
  }
}

/** The handshake message's bytes out of the records read so far; undefined when a record is no handshake. */
function handshakeBytes(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    if (bytes[at] !== handshake || bytes[at + 1] !== 3) return undefined;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > 16 * 1024 + 256) return undefined;
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  if (parts.length === 0 && bytes.length > 0 && bytes[0] !== handshake) return undefined;
  return Buffer.concat(parts);
}

/** Walks version, random, session id, cipher suites and compression to the extensions. Throws on a length out of bounds. */
function serverName(hello: Buffer): string | undefined {
  let at = 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  if (at === hello.length) return undefined;
  const end = at + 2 + hello.readUInt16BE(at);
  if (end > hello.length) throw new RangeError('extensions reach beyond the message');
  for (at += 2; at + 4 <= end; ) {
    const [type, length] = [hello.readUInt16BE(at), hello.readUInt16BE(at + 2)];
    if (at + 4 + length > end) throw new RangeError('an extension reaches beyond the others');
    if (type === serverNameExtension) return hostName(hello.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}

function hostName(list: Buffer): string | undefined {
  const length = list.readUInt16BE(3);
  if (list.readUInt8(2) !== 0 || 5 + length > list.length) throw new RangeError('a malformed server name');
  return normalHost(list.toString('latin1', 5, 5 + length));
}

/**
 * A host name in the one form we compare: lower case, without the dot at the end. Node picks TLS contexts by exact
 * spelling, so a capital or a dot would fall through to the default. Undefined for text that is not a host name.
 */
export function normalHost(name: string): string | undefined {
  const host = name.toLowerCase().replace(/\.$/, '');
  return host.length <= 253 && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host) ? host : undefined;
}
