/** What an IP address is used for (RFC 6890, RFC 4291), as far as a rule about outbound connections needs to know. */
type AddressKind =
  | 'public'
  | 'a private address'
  | 'a loopback address'
  | 'a shared address'
  | 'a reserved address'
  | 'a link-local address'
  | 'a multicast address'
  | 'the broadcast address'
  | 'the unspecified address'
  | 'the address of a cloud metadata service';

/** Whether connections to addresses without a public meaning are made: private, loopback, unique local, shared, reserved. */
export type PrivateAddresses = 'allow' | 'refuse';

/** Kinds to which no setting permits a connection. */
const never: ReadonlySet<AddressKind> = new Set([
  'a link-local address',
  'a multicast address',
  'the broadcast address',
  'the unspecified address',
  'the address of a cloud metadata service',
]);

/** A block of addresses: the first `length` bits of an address equal those of `prefix`. */
interface Block {
  readonly prefix: readonly number[];
  readonly length: number;
  readonly kind: AddressKind;
}

const v4 = (text: string, length: number, kind: AddressKind): Block => ({
  prefix: text.split('.').map(Number),
  length,
  kind,
});
const v6 = (text: string, length: number, kind: AddressKind): Block => ({ prefix: parseIpv6(text)!, length, kind });

/**
 * The first block that holds the address decides, so the exceptions stand first. A metadata service gives every process on
 * a machine the credentials of that machine. AWS, Google Cloud, Azure and most others have it at the link-local address
 * 169.254.169.254, Azure also at 168.63.129.16, Alibaba Cloud at 100.100.100.200, Oracle Cloud at 192.0.0.192.
 */
const ipv4Blocks: readonly Block[] = [
  v4('168.63.129.16', 32, 'the address of a cloud metadata service'),
  v4('100.100.100.200', 32, 'the address of a cloud metadata service'),
  v4('192.0.0.192', 32, 'the address of a cloud metadata service'),
  v4('255.255.255.255', 32, 'the broadcast address'),
  v4('0.0.0.0', 8, 'the unspecified address'),
  v4('10.0.0.0', 8, 'a private address'),
  v4('100.64.0.0', 10, 'a shared address'),
  v4('127.0.0.0', 8, 'a loopback address'),
  v4('169.254.0.0', 16, 'a link-local address'),
  v4('172.16.0.0', 12, 'a private address'),
  v4('192.0.0.0', 24, 'a reserved address'),
  v4('192.168.0.0', 16, 'a private address'),
  v4('198.18.0.0', 15, 'a reserved address'),
  v4('224.0.0.0', 4, 'a multicast address'),
  v4('240.0.0.0', 4, 'a reserved address'),
];

/** The same for IPv6. Metadata services: AWS (fd00:ec2::/32), Google Cloud (fd20:ce::254), OpenStack (fe80::a9fe:a9fe). */
const ipv6Blocks: readonly Block[] = [
  v6('::', 128, 'the unspecified address'),
  v6('::1', 128, 'a loopback address'),
  v6('fd00:ec2::', 32, 'the address of a cloud metadata service'),
  v6('fd20:ce::254', 128, 'the address of a cloud metadata service'),
  v6('fe80::a9fe:a9fe', 128, 'the address of a cloud metadata service'),
  v6('fe80::', 10, 'a link-local address'),
  v6('fec0::', 10, 'a private address'),
  v6('fc00::', 7, 'a private address'),
  v6('ff00::', 8, 'a multicast address'),
  v6('64:ff9b:1::', 48, 'a private address'),
];

/** IPv6 addresses that lead to an IPv4 address, and where its octets stand. `inverted` octets are XORed with 255. */
const embeddings: readonly {
  readonly prefix: readonly number[];
  readonly length: number;
  readonly at: readonly number[];
  readonly inverted?: boolean;
}[] = [
  // IPv4-mapped (RFC 4291 §2.5.5.2), IPv4-compatible (§2.5.5.1) and IPv4-translated (RFC 2765 §2.1).
  { prefix: parseIpv6('::ffff:0:0')!, length: 96, at: [12, 13, 14, 15] },
  { prefix: parseIpv6('::')!, length: 96, at: [12, 13, 14, 15] },
  { prefix: parseIpv6('::ffff:0:0:0')!, length: 96, at: [12, 13, 14, 15] },
  // NAT64: the well-known prefix (RFC 6052 §2.1).
  { prefix: parseIpv6('64:ff9b::')!, length: 96, at: [12, 13, 14, 15] },
  // 6to4 (RFC 3056 §2).
  { prefix: parseIpv6('2002::')!, length: 16, at: [2, 3, 4, 5] },
  // Teredo (RFC 4380 §4): the server, and the client with its bits inverted.
  { prefix: parseIpv6('2001::')!, length: 32, at: [4, 5, 6, 7] },
  { prefix: parseIpv6('2001::')!, length: 32, at: [12, 13, 14, 15], inverted: true },
];

/**
 * NAT64 with the local-use prefix (RFC 8215): a network chooses a prefix of 48, 56, 64 or 96 bits, and this machine does not
 * know which. Every layout of RFC 6052 §2.2 counts, except where it reads the zeros of another one.
 */
const localNat64 = { prefix: parseIpv6('64:ff9b:1::')!, length: 48 };
const localNat64Layouts = [
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
  [12, 13, 14, 15],
];

/** ISATAP (RFC 5214 §6.1): the interface identifier under any prefix. */
const isatap = [
  [0x00, 0x00, 0x5e, 0xfe],
  [0x02, 0x00, 0x5e, 0xfe],
];

/**
 * Why no connection is made to this host; undefined when one may be made, or when the host is a name that must be resolved
 * first. Every spelling of an address that a resolver takes for one is checked: decimal, octal, hexadecimal and short
 * forms, IPv6 with or without brackets and zone, and IPv4 addresses inside IPv6 addresses.
 */
export function refusalOf(host: string, privateAddresses: PrivateAddresses): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const kinds = kindsOf(parseAddress(bare));
  const forbidden = kinds.find((kind) => never.has(kind));
  if (forbidden !== undefined) return `${bare} is ${forbidden}`;
  const isPrivate = kinds.some((kind) => kind !== 'public');
  return isPrivate && privateAddresses === 'refuse' ? `${bare} is not a public address` : undefined;
}

/** What an address, and every address inside it, is: nothing for a name. 4 or 16 octets. */
function kindsOf(octets: readonly number[] | undefined): readonly AddressKind[] {
  if (!octets) return [];
  if (octets.length === 4) return [ipv4Blocks.find((block) => holds(block, octets))?.kind ?? 'public'];
  const ipv6Block = ipv6Blocks.find((block) => holds(block, octets));
  // ::1 and :: are in the block of IPv4-compatible addresses without being one.
  if (ipv6Block?.length === 128) return [ipv6Block.kind];
  const inside = embeddedIn(octets);
  const isGlobal = (octets[0]! & 0xe0) === 0x20;
  const outer = ipv6Block?.kind ?? (isGlobal || inside.length > 0 ? 'public' : 'a reserved address');
  return [outer, ...inside.flatMap(kindsOf)];
}

function embeddedIn(octets: readonly number[]): readonly (readonly number[])[] {
  const embeddedAddresses = embeddings
    .filter((embedding) => holds(embedding, octets))
    .map(({ at, inverted }) => at.map((index) => (inverted ? octets[index]! ^ 0xff : octets[index]!)));
  if (holds(localNat64, octets)) {
    const layouts = localNat64Layouts.map((at) => at.map((index) => octets[index]!));
    const translatedLayouts = layouts.filter(([first]) => first !== 0);
    embeddedAddresses.push(...(translatedLayouts.length > 0 ? translatedLayouts : layouts));
  }
  const isIsatap = isatap.some((id) => id.every((octet, index) => octets[8 + index] === octet));
  return isIsatap ? [...embeddedAddresses, octets.slice(12)] : embeddedAddresses;
}

function holds({ prefix, length }: Pick<Block, 'prefix' | 'length'>, octets: readonly number[]): boolean {
  return octets.every((octet, index) => {
    const bits = Math.min(8, Math.max(0, length - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (octet & mask) === (prefix[index]! & mask);
  });
}

/** The octets of an address in any spelling; undefined for a name. */
function parseAddress(host: string): readonly number[] | undefined {
  const [bare = ''] = host.split('%', 1);
  return bare.includes(':') ? parseIpv6(bare) : parseIpv4(bare.replace(/\.$/, ''));
}

/** IPv4 as inet_aton(3) and the WHATWG URL parser read it: one to four numbers; the last fills the octets that are left. */
function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.').map(numberOf);
  const last = parts.pop();
  if (last === undefined || parts.length > 3) return undefined;
  if (parts.some((part) => part === undefined || part > 255) || last >= 256 ** (4 - parts.length)) return undefined;
  const count = 4 - parts.length;
  const rest = Array.from({ length: count }, (_, index) => Math.floor(last / 256 ** (count - 1 - index)) % 256);
  return [...(parts as number[]), ...rest];
}

function numberOf(text: string): number | undefined {
  if (/^0x[0-9a-f]*$/i.test(text)) return Number.parseInt(text.slice(2) || '0', 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

/** RFC 4291 §2.2, all three forms. */
function parseIpv6(text: string): number[] | undefined {
  const [head, tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const left = groupsOf(head!);
  const right = tail === undefined ? [] : groupsOf(tail);
  if (!left || !right) return undefined;
  const missing = 16 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...left, ...new Array<number>(missing).fill(0), ...right];
}

/** The octets of groups with colons between them; the last may be an IPv4 address in dotted decimal. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 0xff);
    } else {
      const oidText = index === groups.length - 1 && group.includes('.') ? parseIpv4(group) : undefined;
      if (!oidText) return undefined;
      octets.push(...oidText);
    }
  }
  return octets;
}

/** Why an address is not one for a request over HTTP; undefined where it is. A name and password in it would be sent in the clear, and are in logs. */
export function httpUrlProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return 'it is not a URL';
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return 'it is neither http nor https';
  return username !== '' || password !== '' ? 'it contains a user name or password' : undefined;
}
