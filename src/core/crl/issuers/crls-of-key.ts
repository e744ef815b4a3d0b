import { sameName } from '../../x509/name.ts';
import type { TrustStore } from '../../x509/trust-store.ts';
import type { CrlAnswer } from '../answer.ts';
import { type Fetched, isFetched } from '../fetched.ts';
import type { Crl } from '../format/crl.ts';
import { sameSeries } from '../format/delta.ts';
import type { Link } from '../links.ts';
import { candidatesFor, isSignedBy } from './signature.ts';
import { isOfKey, signerOf, signersNamed } from './signers.ts';

export const crlsIn = (answers: readonly CrlAnswer[]): readonly Fetched[] =>
  answers.flatMap(({ base, delta }) => [base, ...(delta ? [delta] : [])]).filter(isFetched);

/** CRL-15: of the CRLs of one key and scope the one with the highest number; the others are out of date. */
export function newestOnly(bases: readonly Fetched[]): readonly Fetched[] {
  return bases.filter(
    ({ crl }) =>
      !bases.some((otherBase) => sameSeries(otherBase.crl, crl) && (otherBase.crl.number ?? -1n) > (crl.number ?? -1n)),
  );
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [readonly T[], readonly T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/**
 * CRL-14: of the CRLs in the name of the certificate's issuer those of its key, or of a key that speaks for it. When
 * there are only CRLs of other keys they stay, for the refusal to say so.
 */
export function crlsOfKey(crls: readonly Fetched[], link: Link, store: TrustStore): readonly Fetched[] {
  const [direct, indirect] = partition(crls, ({ crl }) => sameName(crl.issuer, link.certificate.issuer));
  const ofKey = direct.filter(({ crl }) => isOfKey(crl, link.issuer, store));
  const speaking = ofKey.length > 0 ? ofKey : direct.filter(({ crl }) => speaksFor(crl, link, store));
  return [...indirect, ...(speaking.length > 0 ? speaking : direct)];
}

/** Whether a CRL names a key that may speak for this issuer (CRL-14), or has another name: an indirect one. */
export function speaksFor(crl: Crl, { certificate, issuer }: Link, store: TrustStore): boolean {
  if (!sameName(crl.issuer, certificate.issuer)) return true;
  // Without a key identifier only the signature tells; it would not distinguish another CA of this name.
  if (crl.authorityKeyIdentifier === undefined) return isSignedBy(crl, issuer);
  return candidatesFor(crl, signersNamed(issuer.subject, issuer, store).map(signerOf)).length > 0;
}
