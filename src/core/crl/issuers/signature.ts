import { DerReader } from '../../asn1/der.ts';
import { tags } from '../../asn1/tags.ts';
import { hexOf } from '../../hex.ts';
import { messageOf } from '../../trace/fault.ts';
import { type Refusal, refused } from '../../trace/ruling.ts';
import { type AlgorithmPolicy, brainpoolCurves } from '../../x509/algorithms/algorithm-policy.ts';
import { checkSignature, type Signed } from '../../x509/algorithms/signature.ts';
import { isName, nameFromDer, nameToString } from '../../x509/name.ts';
import type { CrlSigner } from '../answer.ts';
import type { Crl } from '../format/crl.ts';

/** What is known of a CRL's signature, by the key. A CRL of millions is hashed once, wherever there is time for it. */
const signatureAnswers = new WeakMap<Crl, Map<string, boolean>>();

const nameOf = ({ subjectPublicKeyInfo }: Pick<CrlSigner, 'subjectPublicKeyInfo'>): string =>
  Buffer.from(subjectPublicKeyInfo).toString('latin1');

/** Whether the CRL was signed with this key (RFC 5280 §6.3.3 (g)). Costs a pass over the CRL the first time it is asked. */
export function isSignedBy(crl: Crl, signer: Pick<CrlSigner, 'subjectPublicKeyInfo'>): boolean {
  const answer = signatureKnown(crl, signer) ?? verifyCrl(crl, signer);
  noteSignature(crl, signer, answer);
  return answer;
}

/** What {@link isSignedBy} would say without any work; undefined when it was not checked yet. */
export function signatureKnown(crl: Crl, signer: Pick<CrlSigner, 'subjectPublicKeyInfo'>): boolean | undefined {
  return signatureAnswers.get(crl)?.get(nameOf(signer));
}

/** Remembers what another thread found out with {@link verifyCrl}. */
export function noteSignature(crl: Crl, signer: Pick<CrlSigner, 'subjectPublicKeyInfo'>, isValid: boolean): void {
  const answers = signatureAnswers.get(crl) ?? new Map<string, boolean>();
  signatureAnswers.set(crl, answers.set(nameOf(signer), isValid));
}

/** The SubjectPublicKeyInfo of every key that is known to have signed the CRL. */
export const keysKnown = (crl: Crl): readonly Uint8Array[] =>
  [...(signatureAnswers.get(crl) ?? [])].flatMap(([name, isValid]) => (isValid ? [Buffer.from(name, 'latin1')] : []));

/** The check itself: a pass over the whole CRL. Mathematics only; see {@link algorithmProblem} for what counts. */
export function verifyCrl(crl: Signed, { subjectPublicKeyInfo }: Pick<CrlSigner, 'subjectPublicKeyInfo'>): boolean {
  return checkSignature(crl, subjectPublicKeyInfo, everyAlgorithm).outcome === 'passed';
}

/** Whether a signature is right is a fact for all tenants; which algorithms they accept is not, and is asked separately. */
const everyAlgorithm: AlgorithmPolicy = {
  minimumRsaBits: 512,
  maximumRsaBits: 16384,
  curves: ['prime256v1', 'secp384r1', 'secp521r1', ...brainpoolCurves],
  hashes: ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
  keyTypes: ['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448', 'dsa'],
};

/** What {@link algorithmProblem} found, by policy, CRL and key: policies and CRLs live long, sign-ins are many. */
const problems = new WeakMap<AlgorithmPolicy, WeakMap<Crl, Map<string, string | undefined>>>();

/** Why a tenant's policy does not accept how this CRL is signed (PATH-13); undefined when it does. */
export function algorithmProblem(
  crl: Crl,
  signer: Pick<CrlSigner, 'subjectPublicKeyInfo'>,
  policy: AlgorithmPolicy,
): string | undefined {
  const perCrl = problems.get(policy) ?? new WeakMap<Crl, Map<string, string | undefined>>();
  const signers = perCrl.get(crl) ?? new Map<string, string | undefined>();
  const name = nameOf(signer);
  if (!signers.has(name)) signers.set(name, findAlgorithmProblem(crl, signer, policy));
  problems.set(policy, perCrl.set(crl, signers));
  return signers.get(name);
}

/** Asked about no octets at all, so that it costs the same for any CRL; that the signature is then wrong is expected. */
function findAlgorithmProblem(
  { signatureAlgorithm, signature }: Crl,
  { subjectPublicKeyInfo }: Pick<CrlSigner, 'subjectPublicKeyInfo'>,
  policy: AlgorithmPolicy,
): string | undefined {
  const nothing = { tbs: new Uint8Array(), signatureAlgorithm, signature };
  const { because } = checkSignature(nothing, subjectPublicKeyInfo, policy);
  return because.code === 'signatureWrong' || because.code === 'signatureRight' ? undefined : messageOf(because);
}

/**
 * Those whose name the CRL carries and whose key it names (CRL-14, RFC 5280 §5.2.1). A CRL without authority key
 * identifier, as OpenSSL makes it by default, is for the key of the authority alone: its signature decides. One whose
 * identifier names no key (issuer and serial number only) belongs to no candidate.
 * @param authorityKey SubjectPublicKeyInfo of the authority; that of the first signer unless stated
 */
export function candidatesFor(
  { issuer, authorityKeyIdentifier }: Pick<Crl, 'issuer' | 'authorityKeyIdentifier'>,
  signers: readonly CrlSigner[],
  authorityKey: Uint8Array | undefined = signers[0]?.subjectPublicKeyInfo,
): CrlSigner[] {
  if (authorityKeyIdentifier?.length === 0) return [];
  const isOfKey = ({ subjectKeyIdentifier, subjectPublicKeyInfo }: CrlSigner) =>
    authorityKeyIdentifier
      ? subjectKeyIdentifier !== undefined && Buffer.compare(subjectKeyIdentifier, authorityKeyIdentifier) === 0
      : authorityKey !== undefined && Buffer.compare(subjectPublicKeyInfo, authorityKey) === 0;
  return signers.filter((signer) => isOfKey(signer) && isName(signer.subject, issuer));
}

/** Whether a CRL names exactly the key of the authority that a request is about, not one that may speak for it. */
export function isOfRequestedKey(
  crl: Pick<Crl, 'issuer' | 'authorityKeyIdentifier'>,
  { signers }: { readonly signers: readonly CrlSigner[] },
): boolean {
  const key = signers[0]?.subjectPublicKeyInfo ?? new Uint8Array();
  return candidatesFor(crl, signers).some(
    ({ subjectPublicKeyInfo }) => Buffer.compare(subjectPublicKeyInfo, key) === 0,
  );
}

/** Why none of these signed the CRL. */
export function refusalOfSigners(crl: Crl, signers: readonly CrlSigner[]): Refusal {
  const url = crl.source;
  const issuer = nameToString(crl.issuer);
  const [candidate] = candidatesFor(crl, signers);
  const algorithm = algorithmOf(crl);
  if (candidate) return refused('crlSignatureWrong', { url, issuer, algorithm });
  const [authority] = signers;
  return refused('crlSignerMismatch', {
    url,
    issuer,
    authorityKeyIdentifier: hexOf(crl.authorityKeyIdentifier),
    subjectKeyIdentifier: hexOf(authority?.subjectKeyIdentifier),
    ...(authority ? { authority: nameToString(nameFromDer(authority.subject)) } : {}),
  });
}

/** The object identifier of the signature's algorithm, dotted. */
export const algorithmOf = ({ signatureAlgorithm }: Crl): string =>
  new DerReader(signatureAlgorithm, 'signatureAlgorithm').enter(tags.sequence, 'signatureAlgorithm').oid('algorithm');
