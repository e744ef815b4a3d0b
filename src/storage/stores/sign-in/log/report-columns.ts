import { meetsStrength, multifactorStrength } from '#core/access/strengths.ts';
import { certificateFields } from '#core/binding/identifiers/certificate-fields.ts';
import type { X509CertificateField } from '#core/binding/policy.ts';
import { isOfApplication } from '#core/trace/application-entry.ts';
import type { Code, EvidenceOf } from '#core/trace/reasons.ts';
import { type AssuranceKind, type SignInRecord, signInEventKinds } from '#model/sign-in.ts';

/** What an entry found at a step, with the evidence of that code. */
function evidenceOf<C extends Code>({ trace }: SignInRecord, code: C): EvidenceOf<C> | undefined {
  return trace.findings.findLast(({ because }) => because.code === code)?.because.evidence as EvidenceOf<C> | undefined;
}

/** The columns of an entry that reports and searches read. */
export const reportColumns = (record: SignInRecord) => ({
  ip_address: record.ipAddress,
  session_id: record.sessionId ?? null,
  event_kind: eventKindOf(record),
  report: reportTextOf(record),
});

function eventKindOf(record: SignInRecord): number {
  if (isOfApplication(record.trace)) return signInEventKinds.servicePrincipal;
  return record.isInteractive ? signInEventKinds.interactiveUser : signInEventKinds.nonInteractiveUser;
}

/**
 * What reports count an entry under, as text: entries of one kind have the same text, so that the database groups by it. Null
 * where nothing was shown.
 */
function reportTextOf(record: SignInRecord): string | null {
  if (isOfApplication(record.trace)) return null; // reports are about users
  const certificateRead = evidenceOf(record, 'certificateRead');
  const proof = record.proofs.findLast(({ certificate }) => certificate !== undefined) ?? record.proofs.at(-1);
  if (!certificateRead && !proof) return null;
  const bound = evidenceOf(record, 'userBound');
  const kind: AssuranceKind = {
    strength: strengthOf(record),
    issuer: certificateRead?.issuer ?? proof?.certificate?.issuer ?? null,
    issuerKeyIdentifier:
      certificateRead?.authorityKeyIdentifier ?? proof?.certificate?.issuerSubjectKeyIdentifier ?? null,
    binding: bound?.field ?? null,
    method: certificateRead ? 'x509Certificate' : methodOf(proof!.method),
    device: record.device ? (record.device.trustType ?? 'Registered') : null,
    policyOids: certificateRead?.policyOids ?? proof?.certificate?.policyOids ?? [],
  };
  return JSON.stringify(kind);
}

const methodOf = (method: string) => (method.startsWith('x509Certificate') ? 'x509Certificate' : method);

/** Of all proofs together; of a certificate that was refused later, what the rules made of it. */
export function strengthOf(record: SignInRecord): AssuranceKind['strength'] {
  if (record.proofs.length > 0)
    return meetsStrength(multifactorStrength, record.proofs) ? 'multiFactor' : 'singleFactor';
  const rating = evidenceOf(record, 'certificateRated');
  if (!rating) return null;
  return rating.mode === 'x509CertificateMultiFactor' ? 'multiFactor' : 'singleFactor';
}

/** How a certificate was bound to the user of an entry; undefined where it was not. */
export function bindingIn(record: SignInRecord) {
  const bound = evidenceOf(record, 'userBound');
  if (!bound) return undefined;
  const { field, property, rank } = bound;
  return { field, property, rank, affinity: certificateFields[field as X509CertificateField]?.affinity ?? 'low' };
}

export const certificateReadIn = (record: SignInRecord) => evidenceOf(record, 'certificateRead');
