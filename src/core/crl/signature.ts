import { DerReader, tags } from '../asn1/der.ts';
import { type Refusal, refused } from '../trace/ruling.ts';
import { nameFromDer, nameToString, sameName } from '../x509/name.ts';
import type { CrlSigner } from './answer.ts';
import type { Crl } from './crl.ts';
import { hexOf } from './policy.ts';
import { verifySignature } from './x509.ts';

/** What is known of a list's signature, by the key. A list of millions is hashed once, wherever there is time for it. */
const known = new WeakMap<Crl, Map<string, boolean>>();

const nameOf = ({ subjectPublicKeyInfo }: Pick<CrlSigner, 'subjectPublicKeyInfo'>): string =>
  Buffer.from(subjectPublicKeyInfo).toString('latin1');

/** Whether the list was signed with this key (RFC 5280 §6.3.3 (g)). Costs a pass over the list the first time it is asked. */
export function isSignedBy(crl: Crl, signer: Pick<CrlSigner, 'subjectPublicKeyInfo'>): boolean {
  const answer = signatureKnown(crl, signer) ?? verifyCrl(crl, signer);
  noteSignature(crl, signer, answer);
  return answer;
}

/** What {@link isSignedBy} would say without any work; undefined when nobody asked yet. */
export function signatureKnown(crl: Crl, signer: Pick<CrlSigner, 'subjectPublicKeyInfo'>): boolean | undefined {
  return known.get(crl)?.get(nameOf(signer));
}

/** Remembers what another thread found out with {@link verifyCrl}. */
export function noteSignature(crl: Crl, signer: Pick<CrlSigner, 'subjectPublicKeyInfo'>, isValid: boolean): void {
  const answers = known.get(crl) ?? new Map<string, boolean>();
  known.set(crl, answers.set(nameOf(signer), isValid));
}

/** The check itself: a pass over the whole list. */
export function verifyCrl(
  crl: Pick<Crl, 'tbs' | 'signature' | 'signatureAlgorithm'>,
  { subjectPublicKeyInfo }: Pick<CrlSigner, 'subjectPublicKeyInfo'>,
): boolean {
  return verifySignature(crl.signatureAlgorithm, subjectPublicKeyInfo, crl.tbs, crl.signature);
}

/**
 * Those whose name the list carries and whose key it names (CRL-14, RFC 5280 §5.2.1). A list that names no key belongs to
 * nobody.
 */
export function candidatesFor(
  crl: Pick<Crl, 'issuer' | 'authorityKeyIdentifier'>,
  signers: readonly CrlSigner[],
): CrlSigner[] {
  const identifier = hexOf(crl.authorityKeyIdentifier);
  if (identifier === '') return [];
  return signers.filter(
    ({ subject, subjectKeyIdentifier }) =>
      hexOf(subjectKeyIdentifier) === identifier && sameName(nameFromDer(subject), crl.issuer),
  );
}

/** Why none of these signed the list. */
export function refusalOfSigners(crl: Crl, signers: readonly CrlSigner[]): Refusal {
  const url = crl.source;
  const issuer = nameToString(crl.issuer);
  const [candidate] = candidatesFor(crl, signers);
  const algorithm = algorithmOf(crl);
  if (candidate) return refused('crlSignatureWrong', { url, issuer, algorithm });
  const authorityKeyIdentifier = hexOf(crl.authorityKeyIdentifier);
  const subjectKeyIdentifier = hexOf(signers[0]?.subjectKeyIdentifier);
  return refused('crlSignerMismatch', { url, issuer, authorityKeyIdentifier, subjectKeyIdentifier });
}

/** The object identifier of the signature's algorithm, dotted. */
const algorithmOf = ({ signatureAlgorithm }: Crl): string =>
  new DerReader(signatureAlgorithm, 'signatureAlgorithm').enter(tags.sequence, 'signatureAlgorithm').oid('algorithm');
