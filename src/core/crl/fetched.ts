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
export const isFetched = (fetched: CrlFetched): fetched is Fetched => fetched.kind === 'fetched';

/** CRL-1, CRL-18: the base must have come from one of its addresses, and the delta too where one is configured. */
export function failureIn(own: readonly CrlAnswer[], deltaUrl: string | undefined): Refusal | undefined {
  const base = firstFailure(own.map((answer) => answer.base));
  if (base) return base;
  return deltaUrl ? firstFailure(own.flatMap(({ delta }) => (delta ? [delta] : []))) : undefined;
}

/** The first failure, unless anything was fetched. */
function firstFailure(answers: readonly CrlFetched[]): Refusal | undefined {
  const failed = answers.find((answer) => answer.kind === 'failed');
  return failed && !answers.some(isFetched) ? { outcome: 'refused', because: failed.because } : undefined;
}

/** CRL-18: a CA with a delta address is judged by both lists or not at all. */
export function deltaMissing(
  base: Crl,
  fetched: readonly Fetched[],
  deltaUrl: string | undefined,
): Refusal | undefined {
  if (!deltaUrl || fetched.some(({ crl }) => belongsTogether(base, crl))) return undefined;
  const problem = 'no list there is a delta of this base';
  return refused('crlIncomplete', { url: deltaUrl, type: 'delta', issuer: nameToString(base.issuer), problem });
}

/** The first failure whatever else was fetched: one of several addresses that did not deliver. */
export function anyFailure(own: readonly CrlAnswer[]): Refusal | undefined {
  const failed = own
    .flatMap(({ base, delta }) => [base, ...(delta ? [delta] : [])])
    .find(({ kind }) => kind === 'failed');
  return failed?.kind === 'failed' ? { outcome: 'refused', because: failed.because } : undefined;
}

/** RFC 5280 §6.3.3 (l): undetermined, and why as far as it can be told (CRL-17). */
export function missing({ certificate }: Link, fetched: readonly Fetched[], covered: number): Refusal {
  const problem = covered === 0 ? whyNone(certificate, fetched) : 'the lists at hand cover only some reasons';
  return refused('crlMissing', {
    subject: nameToString(certificate.subject),
    issuer: nameToString(certificate.issuer),
    problem,
  });
}

function whyNone(certificate: Certificate, fetched: readonly Fetched[]): string {
  const bases = fetched.filter(({ crl }) => crl.baseNumber === undefined);
  const first = bases.find(({ crl }) => sameName(crl.issuer, certificate.issuer)) ?? bases[0];
  const point = { distributionPoint: undefined, reasons: undefined, crlIssuer: undefined };
  if (!first) return fetched.length === 0 ? 'there is none' : 'there are only delta lists';
  return outOfScope(first.crl, certificate, point) ?? 'the list is for another distribution point';
}
