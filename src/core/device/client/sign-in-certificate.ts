import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { nameToString } from '../../x509/name.ts';
import { checkKeyUsage } from '../../x509/rules/key-usage.ts';
import { checkValidity } from '../../x509/rules/validity.ts';

/** Client authentication (RFC 5280 §4.2.1.12) and Microsoft's smart card logon. */
const signInPurposes = ['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.311.20.2.2'];

/**
 * Whether a device offers a certificate of a card for sign-in (windows-sign-in §4.1, step 1): valid now, for digital
 * signatures, and for client authentication or smart card logon by name. Refuses with `certificateNotCurrent`,
 * `keyUsageForbids` or `signInPurposeMissing`. The server decides by its own rules afterwards.
 */
export function evaluateSignInCertificate(certificate: Certificate, at: Date): Ruling<Certificate> {
  const validity = checkValidity(certificate, at);
  if (validity.outcome !== 'passed') return validity;
  const usage = checkKeyUsage(certificate, 'digitalSignature');
  if (usage.outcome !== 'passed') return usage;
  const { extendedKeyUsage: purposes = [], subject } = certificate;
  if (!purposes.some((purpose) => signInPurposes.includes(purpose)))
    return refused('signInPurposeMissing', { subject: nameToString(subject), purposes });
  return passed(certificate, 'signInCertificateSuitable', { subject: nameToString(subject) });
}
