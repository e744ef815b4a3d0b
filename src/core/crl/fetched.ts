import { firstRefusal, type Refusal, type Ruling, refused, refusedFor, success } from '../trace/ruling.ts';
import type { Certificate } from '../x509/certificate.ts';
import { nameToString, sameName } from '../x509/name.ts';
import type { CrlAnswer, CrlFetched } from './answer.ts';
import { outOfScope } from './distribution-points/scope.ts';
import type { Crl } from './format/crl.ts';
import { belongsTogether } from './format/delta.ts';
import type { Link } from './links.ts';

/** An answer with a CRL in it. */
export type Fetched = Extract<CrlFetched, { kind: 'fetched' }>;
export const isFetched = (crlFetched: CrlFetched): crlFetched is Fetched => crlFetched.kind === 'fetched';

/** CRL-1, CRL-18: the base must have come from one of its addresses, and the delta too where one is configured. */
export function acceptFetched(crlAnswers: readonly CrlAnswer[], deltaUrl: string | undefined): Ruling<void> {
  return firstRefusal(
    acceptOne(crlAnswers.map((answer) => answer.base)),
    deltaUrl ? acceptOne(crlAnswers.flatMap(({ delta }) => (delta ? [delta] : []))) : success(),
  );
}

/** Something was fetched, or nothing failed. */
function acceptOne(answers: readonly CrlFetched[]): Ruling<void> {
  const failure = answers.find((answer) => answer.kind === 'failed');
  return failure && !answers.some(isFetched) ? refusedFor(failure.because) : success();
}

/** CRL-18: a CA with a delta address is checked by both CRLs or not at all. */
export function acceptBase(base: Crl, fetchedCrls: readonly Fetched[], deltaUrl: string | undefined): Ruling<void> {
  if (!deltaUrl || fetchedCrls.some(({ crl }) => belongsTogether(base, crl))) return success();
  const problem = 'no delta CRL at this address belongs to the base CRL';
  return refused('crlIncomplete', { url: deltaUrl, type: 'delta', issuer: nameToString(base.issuer), problem });
}

/** Every address delivered, whatever was fetched from the others. */
export function acceptEvery(crlAnswers: readonly CrlAnswer[]): Ruling<void> {
  const failure = crlAnswers
    .flatMap(({ base, delta }) => [base, ...(delta ? [delta] : [])])
    .find((answer) => answer.kind === 'failed');
  return failure ? refusedFor(failure.because) : success();
}

/** RFC 5280 §6.3.3 (l): undetermined, and the reason, as far as it is known (CRL-17). */
export function missing({ certificate }: Link, fetchedCrls: readonly Fetched[], covered: number): Refusal {
  const problem =
    covered === 0 ? whyNone(certificate, fetchedCrls) : 'the available CRLs cover only some revocation reasons';
  return refused('crlMissing', {
    subject: nameToString(certificate.subject),
    issuer: nameToString(certificate.issuer),
    problem,
  });
}

function whyNone(certificate: Certificate, fetchedCrls: readonly Fetched[]): string {
  const bases = fetchedCrls.filter(({ crl }) => crl.baseNumber === undefined);
  const first = bases.find(({ crl }) => sameName(crl.issuer, certificate.issuer)) ?? bases[0];
  const point = { distributionPoint: undefined, reasons: undefined, crlIssuer: undefined };
  if (!first) return fetchedCrls.length === 0 ? 'there is none' : 'there are only delta CRLs';
  return outOfScope(first.crl, certificate, point) ?? 'the CRL is for another distribution point';
}
