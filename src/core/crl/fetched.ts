import { type Refusal, refused } from '../trace/ruling.ts';
import type { Certificate } from '../x509/certificate.ts';
import { nameToString, sameName } from '../x509/name.ts';
import type { CrlAnswer, CrlFetched } from './answer.ts';
import type { Link } from './links.ts';
import type { Crl } from './list/crl.ts';
import { belongsTogether } from './list/delta.ts';
import { outOfScope } from './scope.ts';

/** An answer with a list in it. */
export type Fetched = Extract<CrlFetched, { kind: 'fetched' }>;
export const isFetched = (crlFetched: CrlFetched): crlFetched is Fetched => crlFetched.kind === 'fetched';

/** CRL-1, CRL-18: the base must have come from one of its addresses, and the delta too where one is configured. */
export function failureIn(crlAnswers: readonly CrlAnswer[], deltaUrl: string | undefined): Refusal | undefined {
  const base = firstFailure(crlAnswers.map((fetchedCrls) => fetchedCrls.base));
  if (base) return base;
  return deltaUrl ? firstFailure(crlAnswers.flatMap(({ delta }) => (delta ? [delta] : []))) : undefined;
}

/** The first failure, unless anything was fetched. */
function firstFailure(answers: readonly CrlFetched[]): Refusal | undefined {
  const failure = answers.find((fetchedCrls) => fetchedCrls.kind === 'failed');
  return failure && !answers.some(isFetched) ? { outcome: 'refused', because: failure.because } : undefined;
}

/** CRL-18: a CA with a delta address is judged by both lists or not at all. */
export function deltaMissing(
  base: Crl,
  fetchedCrls: readonly Fetched[],
  deltaUrl: string | undefined,
): Refusal | undefined {
  if (!deltaUrl || fetchedCrls.some(({ crl }) => belongsTogether(base, crl))) return undefined;
  const problem = 'no delta CRL at this address belongs to the base CRL';
  return refused('crlIncomplete', { url: deltaUrl, type: 'delta', issuer: nameToString(base.issuer), problem });
}

/** The first failure whatever else was fetched: one of several addresses that did not deliver. */
export function anyFailure(crlAnswers: readonly CrlAnswer[]): Refusal | undefined {
  const failure = crlAnswers
    .flatMap(({ base, delta }) => [base, ...(delta ? [delta] : [])])
    .find(({ kind }) => kind === 'failed');
  return failure?.kind === 'failed' ? { outcome: 'refused', because: failure.because } : undefined;
}

/** RFC 5280 §6.3.3 (l): undetermined, and why as far as it can be told (CRL-17). */
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
