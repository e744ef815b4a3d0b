import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { copyOf, type DerNode, encodeDer, flat, parseDer } from './tree.ts';

/** The key of an authority of the corpus: made from its name, so that none has to be kept. */
export function fuzzKey(name: string): KeyObject {
  const secret = createHash('sha256').update(`the fuzz key of ${name}`).digest();
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]);
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
}

/** Whose keys there are, by the hexadecimal DER of the subject. */
export type Keys = ReadonlyMap<string, KeyObject>;

/** The keys of these authorities, each made from the common name that is all of its subject. */
export function keysOf(certificates: readonly Uint8Array[]): Keys {
  return new Map(
    certificates.map((der) => {
      const fields = parseDer(der)![0]!.children![0]!.children!;
      const subject = fields[fields.findIndex(({ tag }) => tag === 0x02) + 4]!;
      return [hexOf(subject), fuzzKey(Buffer.from(flat([subject]).at(-1)!.contents).toString())] as const;
    }),
  );
}

const hexOf = (node: DerNode): string => Buffer.from(encodeDer([node])).toString('hex');

/** id-Ed25519 of RFC 8410, in an AlgorithmIdentifier. */
const ed25519 = parseDer(Buffer.from('300506032b6570', 'hex'))![0]!;

/**
 * Signs certificates and CRLs again, one after another in the input, each with the key of the issuer it names: what a
 * mutation did is then not the signature's to find, but the rules' behind it. Anything else comes back as it is.
 */
export function resigned(input: Uint8Array, keys: Keys): Uint8Array {
  const nodes = parseDer(input);
  if (!nodes) return input;
  for (const node of nodes) signAgain(node, keys);
  return encodeDer(nodes);
}

/**
 * An OCSPResponse (RFC 6960 §4.2.1) signed again with the key of the responder it names, and the certificates that come
 * with it with those of their issuers.
 */
export function resignedOcsp(input: Uint8Array, keys: Keys): Uint8Array {
  const nodes = parseDer(input);
  const basic = nodes && basicOf(nodes);
  const responder = basic?.children?.[0]?.children?.find(({ tag }) => tag === 0xa1)?.children?.[0];
  const key = responder && keys.get(hexOf(responder));
  if (!basic || !key) return input;
  for (const certificate of basic.children?.[3]?.children?.[0]?.children ?? []) signAgain(certificate, keys);
  replaceSignature(basic, key);
  return encodeDer(nodes);
}

/** The BasicOCSPResponse in an OCSPResponse. */
export const basicOf = ([response]: readonly DerNode[]): DerNode | undefined =>
  response?.children?.[1]?.children?.[0]?.children?.[1]?.children?.[0];

/** TBSCertificate has its algorithm after version and serial number, TBSCertList after the version; the issuer follows. */
function signAgain(node: DerNode, keys: Keys): void {
  const fields = node.children?.[0]?.children;
  const at = fields?.findIndex(({ tag, children }) => tag === 0x30 && children?.[0]?.tag === 0x06) ?? -1;
  const issuer = fields?.[at + 1];
  if (!fields || at < 0 || !issuer) return;
  const key = keys.get(hexOf(issuer));
  if (!key) return;
  fields[at] = copyOf(ed25519);
  replaceSignature(node, key);
}

function replaceSignature(node: DerNode, key: KeyObject): void {
  const [tbs, , , ...more] = node.children ?? [];
  if (!tbs) return;
  const signature = sign(null, encodeDer([tbs]), key);
  const bits = { tag: 0x03, children: undefined, contents: Uint8Array.from([0, ...signature]) };
  node.children = [tbs, copyOf(ed25519), bits, ...more];
}
