import type { Random } from '../../differential/random.ts';

/** DER taken apart, so that a change deep inside leaves every length around it right. */
export interface DerNode {
  tag: number;
  children: DerNode[] | undefined;
  contents: Uint8Array;
}

/** Changes one to three elements of well-formed DER and puts it together again; anything else comes back as it is. */
export function mutateTree(seed: Uint8Array, second: Uint8Array, random: Random): Uint8Array {
  const root = parseDer(seed);
  const donor = parseDer(second);
  if (!root || !donor) return seed;
  const donors = flat(donor);
  for (let count = 1 + random.below(3); count > 0; count--) change(root, donors, random);
  return encodeDer(root);
}

/** Elements one after another, with all that is in them; undefined when the octets are no such thing. */
export const parseDer = (bytes: Uint8Array): DerNode[] | undefined => parse(bytes, 0, bytes.length);

/** The elements of a range; undefined when the range is no sequence of elements. */
function parse(bytes: Uint8Array, from: number, to: number): DerNode[] | undefined {
  const nodes: DerNode[] = [];
  for (let at = from; at < to; ) {
    const header = headerAt(bytes, at, to);
    if (!header) return undefined;
    const { tag, start, end } = header;
    const isConstructed = (tag & 0x20) !== 0;
    // OCTET STRINGs of extensions and BIT STRINGs of keys hold more DER, as often as not.
    const inside = isConstructed || tag === 0x04 ? parse(bytes, start, end) : undefined;
    const children = inside?.length ? inside : undefined;
    // Only the octets of leaves are changed in place, or written.
    nodes.push({ tag, children, contents: children ? bytes.subarray(start, end) : bytes.slice(start, end) });
    at = end;
  }
  return nodes;
}

function headerAt(bytes: Uint8Array, at: number, to: number): { tag: number; start: number; end: number } | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || count > 3) return undefined;
  let length = first < 0x80 ? first : 0;
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  const start = at + 2 + count;
  return start + length <= to ? { tag, start, end: start + length } : undefined;
}

/** The elements and all that are in them, each before its children. */
export function flat(nodes: readonly DerNode[], into: DerNode[] = []): DerNode[] {
  for (const node of nodes) {
    into.push(node);
    if (node.children) flat(node.children, into);
  }
  return into;
}

/** A copy that is changed alone. */
export const copyOf = ({ tag, children, contents }: DerNode): DerNode => ({
  tag,
  children: children?.map(copyOf),
  contents: children ? contents : contents.slice(),
});

function change(root: DerNode[], donors: readonly DerNode[], random: Random): void {
  const lists = [root, ...flat(root).flatMap(({ children }) => (children ? [children] : []))];
  const list = random.pick(lists);
  const index = random.below(Math.max(1, list.length));
  const node = list[index];
  const donor = random.pick(donors);
  if (!node || !donor) return;
  switch (random.below(7)) {
    case 0:
      list.splice(index, 1);
      break;
    case 1:
      list.splice(index, 0, copyOf(node));
      break;
    case 2:
      list[index] = copyOf(donor);
      break;
    case 3:
      node.tag = random.below(256) & ~0x1f ? random.below(256) : node.tag ^ 0x20;
      break;
    case 4:
      node.children = undefined;
      node.contents = Uint8Array.from({ length: random.below(40) }, () => random.below(256));
      break;
    case 5:
      list.reverse();
      break;
    default:
      if (!node.children && node.contents.length > 0)
        node.contents[random.below(node.contents.length)] = random.below(256);
      else node.children?.push(copyOf(donor));
  }
}

/** What {@link parseDer} took apart. */
export function encodeDer(nodes: readonly DerNode[]): Uint8Array {
  const bytes = new Uint8Array(lengthOf(nodes));
  write(nodes, bytes, 0);
  return bytes;
}

/** Octets that elements take. */
const lengthOf = (nodes: readonly DerNode[]): number =>
  nodes.reduce((sum, node) => {
    const inside = lengthInside(node);
    return sum + 1 + lengthOctets(inside).length + inside;
  }, 0);

const lengthInside = ({ children, contents }: DerNode): number => (children ? lengthOf(children) : contents.length);

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >> 8, length & 255];
  return [0x83, length >> 16, (length >> 8) & 255, length & 255];
}

/** @returns where the next element begins */
function write(nodes: readonly DerNode[], bytes: Uint8Array, from: number): number {
  let at = from;
  for (const node of nodes) {
    const header = [node.tag, ...lengthOctets(lengthInside(node))];
    bytes.set(header, at);
    at += header.length;
    if (node.children) at = write(node.children, bytes, at);
    else {
      bytes.set(node.contents, at);
      at += node.contents.length;
    }
  }
  return at;
}
