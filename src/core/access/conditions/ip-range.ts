/** IP addresses and ranges (RFC 4632 §3.1, RFC 4291 §2.2–2.3) as numbers; IPv4 within IPv6 as ::ffff:0:0/96. */

const v4Prefix = 0xffff_0000_0000n;

/** The address as a 128-bit number; undefined when the text is not an address. An IPv4-mapped IPv6 address is that IPv4 address. */
export function parseAddress(text: string): bigint | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): bigint | undefined {
  const parts = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/u.test(text) ? text.split('.').map(Number) : [];
  if (parts.length !== 4 || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) | v4Prefix;
}

function parseV6(text: string): bigint | undefined {
  const groups = expand(withHexTail(text.replace(/%.*$/u, '')));
  if (groups?.length !== 8 || groups.some((group) => !/^[0-9a-f]{1,4}$/iu.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** `::ffff:192.0.2.1` with its last four octets as two groups. */
function withHexTail(text: string): string {
  const tail = /[^:]*\.[^:]*$/u.exec(text)?.[0];
  const value = tail === undefined ? undefined : parseV4(tail);
  if (tail === undefined || value === undefined) return text;
  const low = Number(value & 0xffff_ffffn);
  return `${text.slice(0, -tail.length)}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`;
}

function expand(text: string): readonly string[] | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const [left, right] = [head === '' ? [] : head.split(':'), tail ? tail.split(':') : []];
  if (tail === undefined) return left;
  const zeros = 8 - left.length - right.length;
  return zeros < 1 ? undefined : [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
}

/** Is the address in the range, such as `192.0.2.0/24` or `2001:db8::/32`? False when either text cannot be read. */
export function isInRange(address: string, range: string): boolean {
  const [value, bounds] = [parseAddress(address), parseRange(range)];
  return value !== undefined && bounds !== undefined && value >> bounds.shift === bounds.network >> bounds.shift;
}

/** The network and how many low bits are free; undefined when the text is no CIDR range. */
export function parseRange(text: string): { readonly network: bigint; readonly shift: bigint } | undefined {
  const [, address = '', length] = /^([^/]+)\/(\d{1,3})$/u.exec(text) ?? [];
  const network = parseAddress(address);
  const bits = (address.includes(':') ? 128 : 32) - Number(length);
  return network === undefined || !(bits >= 0) ? undefined : { network, shift: BigInt(bits) };
}
