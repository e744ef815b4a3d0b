/** What the first octets of a connection from a balancer are: version 2 of the PROXY protocol. */
export type ProxyHeader =
  /** `address` is the client's; the header has `length` octets. */
  | { readonly kind: 'client'; readonly address: string; readonly length: number }
  /** The balancer itself connects, as it does to see whether the server is alive. */
  | { readonly kind: 'local'; readonly length: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed'; readonly problem: string };

/** Addresses take 36 octets at most; the rest of a header is further values of the balancer, which are not read. */
export const largestProxyHeader = 4096;

/** PROXY protocol §2.2: no client of TLS begins like this. */
const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const fixedLength = 16;

/** By the octet of family and transport: octets of one address. TCP alone reaches a TLS port. */
const addressLengths: Readonly<Record<number, number>> = { 17: 4, 33: 16 };

/** Reads the header (PROXY protocol §2.2). Version 1, which is text, is refused. */
export function readProxyHeader(octets: Buffer): ProxyHeader {
  const start = octets.subarray(0, signature.length);
  if (!signature.subarray(0, start.length).equals(start))
    return { kind: 'malformed', problem: 'it does not begin with version 2 of the PROXY protocol' };
  if (octets.length < fixedLength) return { kind: 'incomplete' };
  const [command, family, rest] = [octets[12]!, octets[13]!, octets.readUInt16BE(14)];
  const length = fixedLength + rest;
  if (length > largestProxyHeader) return { kind: 'malformed', problem: 'its PROXY header is too long' };
  if (octets.length < length) return { kind: 'incomplete' };
  if (command === 0x20) return { kind: 'local', length };
  const size = addressLengths[family];
  if (command !== 0x21 || size === undefined || rest < 2 * size + 4)
    return { kind: 'malformed', problem: 'its PROXY header names no client of TCP' };
  const address = octets.subarray(fixedLength, fixedLength + size);
  return { kind: 'client', address: size === 4 ? [...address].join('.') : textOfIpv6(address), length };
}

function textOfIpv6(octets: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(2 * index).toString(16));
  const isMapped = groups.slice(0, 6).join() === '0,0,0,0,0,ffff';
  return isMapped ? [...octets.subarray(12)].join('.') : new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
