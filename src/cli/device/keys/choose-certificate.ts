import { certificateFields } from '#core/binding/identifiers/certificate-fields.ts';
import { evaluateSignInCertificate } from '#core/device/client/sign-in-certificate.ts';
import { fault, messageOf } from '#core/trace/fault.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import type { CardCertificate } from './card-key.ts';

/** How a person chooses among several certificates; undefined where none is at the terminal. */
export type Chooser = (rows: readonly (readonly string[])[]) => Promise<number | undefined>;

/**
 * The certificate of a card that signs in: the one with this number, the only one, or the one that the person chooses.
 * Numbers count the suitable certificates from 1. @throws signInCertificateMissing, signInCertificateChoice, commandMisused
 */
export async function chooseCertificate(
  certificates: readonly CardCertificate[],
  at: Date,
  number: string | undefined,
  choose: Chooser,
): Promise<CardCertificate> {
  const evaluations = certificates.map((entry) => ({
    entry,
    ruling: evaluateSignInCertificate(entry.certificate, at),
  }));
  const suitable = evaluations.filter(({ ruling }) => ruling.outcome === 'passed').map(({ entry }) => entry);
  if (suitable.length === 0) {
    const problems = evaluations.map(({ ruling }) => messageOf(ruling.because));
    throw fault('signInCertificateMissing', { problems });
  }
  const numberText = number ?? (suitable.length === 1 ? '1' : await askNumber(suitable, choose));
  const choice = /^\d{1,3}$/.test(numberText) ? suitable[Number(numberText) - 1] : undefined;
  if (!choice)
    throw fault('commandMisused', { problem: `There is no certificate ${numberText}: there are ${suitable.length}.` });
  return choice;
}

async function askNumber(suitable: readonly CardCertificate[], choose: Chooser): Promise<string> {
  const rows = suitable.map(({ certificate, place }, index) => [
    `${index + 1}`,
    ...describeCertificate(certificate),
    place,
  ]);
  const number = await choose([certificateHeads, ...rows]);
  if (number === undefined)
    throw fault('signInCertificateChoice', {
      list: suitable.map(
        ({ certificate, place }, index) => `${index + 1} ${nameToString(certificate.subject)}, ${place}`,
      ),
    });
  return `${number}`;
}

export const certificateHeads = ['', 'Subject', 'Issuer', 'Valid until', 'Principal name', 'Key'];

/** Subject, issuer, end of validity and principal name of a certificate. */
export function describeCertificate(certificate: Certificate): readonly string[] {
  const { subject, issuer, notAfter } = certificate;
  const [principalName] = certificateFields.PrincipalName.read(certificate);
  return [nameToString(subject), nameToString(issuer), notAfter.toISOString().slice(0, 10), principalName ?? ''];
}
