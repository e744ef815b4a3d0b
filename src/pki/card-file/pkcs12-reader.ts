import { createHmac, createPrivateKey, type KeyObject, timingSafeEqual, X509Certificate } from 'node:crypto';
import { DerError } from '#core/asn1/der.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type Ber, BerError, child, numberOf, octetsOf, oidOf, readBer } from './ber-reader.ts';
import { DerivationBudget, decrypt, pbkdf2Key } from './pbes.ts';
import { bags, type Card, data, encryptedData, x509Certificate } from './pkcs12.ts';
import { bmpPassword, type DerivationInput, derive } from './pkcs12-kdf.ts';

/** Larger than any card with its chain. */
const sizeLimit = 4 * 1024 * 1024;

/**
 * Reads a PKCS #12 file as OpenSSL, NSS (Firefox) and Windows write them. Throws `cardPasswordWrong`,
 * `cardEncryptionUnsupported`, `cardFileUnreadable` or `cardFileIncomplete`.
 */
export function readPkcs12(file: Uint8Array, password: string): Card {
  if (file.length > sizeLimit) throw fault('cardFileUnreadable', { why: `${file.length} octets` });
  try {
    const { keys, certificates } = contentsOf(readBer(file), { password, budget: new DerivationBudget() });
    return assemble(keys, certificates);
  } catch (thrown) {
    if (thrown instanceof CardeaError) throw thrown;
    throw fault('cardFileUnreadable', { why: whyUnreadable(thrown) }, thrown);
  }
}

function whyUnreadable(thrown: unknown): string {
  if (thrown instanceof BerError) return thrown.message;
  return thrown instanceof DerError ? thrown.problem : 'not PKCS #12';
}

/** What opens the encrypted parts of a file, and how much that may cost. */
interface Opener {
  readonly password: string;
  readonly budget: DerivationBudget;
}

interface Contents {
  readonly keys: KeyObject[];
  readonly certificates: Uint8Array[];
}

function contentsOf(pfx: Ber, opener: Opener): Contents {
  if (numberOf(child(pfx, 0, 0x02)) !== 3) throw new BerError('not version 3');
  const safes = octetsOf(contentOf(child(pfx, 1, 0x30), data));
  const mac = pfx.children[2];
  if (mac) checkMac(mac, safes, opener);
  const contents: Contents = { keys: [], certificates: [] };
  for (const safe of readBer(safes).children) {
    for (const bag of readBer(safeContents(safe, opener)).children) openBag(bag, opener, contents);
  }
  return contents;
}

/** The value inside a ContentInfo of one type. */
function contentOf(contentInfo: Ber, type: string): Ber {
  if (oidOf(child(contentInfo, 0)) !== type) throw new BerError(`content of type ${oidOf(child(contentInfo, 0))}`);
  return child(child(contentInfo, 1, 0xa0), 0);
}

function safeContents(safe: Ber, { password, budget }: Opener): Uint8Array {
  if (oidOf(child(safe, 0)) === data) return octetsOf(contentOf(safe, data));
  const encryptedContent = child(contentOf(safe, encryptedData), 1, 0x30);
  return decrypt(child(encryptedContent, 1, 0x30), octetsOf(child(encryptedContent, 2)), password, budget);
}

/** Bags of other kinds (CRLs, secrets) are not ours to read. */
function openBag(bag: Ber, { password, budget }: Opener, into: Contents): void {
  const type = oidOf(child(bag, 0));
  const value = child(child(bag, 1, 0xa0), 0);
  if (type === bags.key) into.keys.push(privateKeyOf(value.whole));
  if (type === bags.shroudedKey)
    into.keys.push(privateKeyOf(decrypt(child(value, 0, 0x30), octetsOf(child(value, 1, 0x04)), password, budget)));
  if (type === bags.certificate && oidOf(child(value, 0)) === x509Certificate)
    into.certificates.push(new Uint8Array(octetsOf(child(child(value, 1, 0xa0), 0))));
}

function privateKeyOf(pkcs8: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
}

const hashes: Readonly<Record<string, { readonly name: DerivationInput['hash']; readonly length: number }>> = {
  '1.3.14.3.2.26': { name: 'sha1', length: 20 },
  '2.16.840.1.101.3.4.2.4': { name: 'sha224', length: 28 },
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', length: 32 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', length: 48 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', length: 64 },
};
const pbmac1 = '1.2.840.113549.1.5.14';

function checkMac(mac: Ber, safes: Uint8Array, opener: Opener): void {
  const digestInfo = child(mac, 0, 0x30);
  const algorithm = child(digestInfo, 0, 0x30);
  const storedMac = octetsOf(child(digestInfo, 1, 0x04));
  const actual =
    oidOf(child(algorithm, 0)) === pbmac1
      ? [pbmac1Of(child(algorithm, 1, 0x30), safes, opener)]
      : macsOf(oidOf(child(algorithm, 0)), mac, safes, opener);
  const right = actual.some(
    (candidate) => candidate.length === storedMac.length && timingSafeEqual(candidate, storedMac),
  );
  if (!right) throw fault('cardPasswordWrong', {});
}

/** RFC 7292 §4. For an empty password some programs derive from nothing instead of from two zeros. */
function macsOf(type: string, mac: Ber, safes: Uint8Array, { password, budget }: Opener): Uint8Array[] {
  const hash = hashes[type];
  if (!hash) throw fault('cardEncryptionUnsupported', { algorithm: type });
  const salt = octetsOf(child(mac, 1, 0x04));
  const iterations = mac.children[2] ? budget.spend(mac.children[2]) : 1;
  const secrets = password === '' ? [bmpPassword(''), new Uint8Array()] : [bmpPassword(password)];
  return secrets.map((secret) => {
    const key = derive({ hash: hash.name, password: secret, salt, iterations, purpose: 'mac', length: hash.length });
    return createHmac(hash.name, key).update(safes).digest();
  });
}

const hmacs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

/** RFC 9579: the key by PBKDF2, as OpenSSL writes it since 3.4. */
function pbmac1Of(parameters: Ber, safes: Uint8Array, { password, budget }: Opener): Uint8Array {
  const derivation = child(parameters, 0, 0x30);
  const scheme = oidOf(child(child(parameters, 1, 0x30), 0));
  const hash = hmacs[scheme];
  const length = child(derivation, 1, 0x30).children[2];
  if (!hash || length?.tag !== 0x02) throw fault('cardEncryptionUnsupported', { algorithm: scheme });
  const key = pbkdf2Key(derivation, Buffer.from(password), Math.min(numberOf(length), 64), budget);
  return createHmac(hash, key).update(safes).digest();
}

/** One key, its certificate, and the others as its chain. Throws `cardFileIncomplete`. */
export function assemble(keys: readonly KeyObject[], certificates: readonly Uint8Array[]): Card {
  const [privateKey] = keys;
  if (!privateKey) throw fault('cardFileIncomplete', { missing: 'private key' });
  const der = certificates.find((candidate) => new X509Certificate(candidate).checkPrivateKey(privateKey));
  if (!der) throw fault('cardFileIncomplete', { missing: 'certificate of the private key' });
  return {
    der,
    privateKey,
    chain: certificates.filter((otherDer) => otherDer !== der).map((otherDer) => ({ der: otherDer })),
  };
}
