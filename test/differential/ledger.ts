import type { Explained } from './compare.ts';

const issuersDuty = 'a duty of whoever issues (-x509_strict), no step of RFC 5280 §6.1';

/** Where we answer otherwise than `openssl verify -x509_strict`, and why. A row that nothing needs fails. */
export const chainLedger: readonly Explained[] = [
  {
    theirs: 'certificate has expired',
    ours: 'passed',
    mutation: 'expires this second',
    because: 'RFC 5280 §4.1.2.5: notAfter is inclusive',
  },
  { theirs: 'Basic Constraints of CA cert not marked critical', ours: 'passed', because: issuersDuty },
  {
    theirs: 'CA cert does not include key usage extension',
    ours: 'passed',
    because: 'RFC 5280 §6.1.4 (n) asks "if a key usage extension is present"; old enterprise CAs have none',
  },
  { theirs: 'Path length given without key usage keyCertSign', ours: 'passed', because: issuersDuty },
  { theirs: 'Missing Authority Key Identifier', ours: 'passed', because: issuersDuty },
  { theirs: 'Missing Subject Key Identifier', ours: 'passed', because: issuersDuty },
  {
    theirs: 'unsuitable certificate purpose',
    ours: 'passed',
    mutation: 'CA purposes',
    because: 'anyExtendedKeyUsage in a CA is any (RFC 5280 §4.2.1.12); OpenSSL wants clientAuth by name there too',
  },
  {
    theirs: 'unsuitable certificate purpose',
    ours: 'passed',
    mutation: 'leaf purposes',
    because: 'anyExtendedKeyUsage is any (RFC 5280 §4.2.1.12); OpenSSL wants clientAuth by name',
  },
  {
    theirs: 'ok',
    ours: 'leafIsAuthority',
    mutation: 'a CA as the leaf',
    because: "a CA certificate is nobody's smart card",
  },
  {
    theirs: 'ok',
    ours: 'keyUsageForbids',
    mutation: 'leaf key usage',
    because: 'signing in needs digitalSignature; OpenSSL also lets keyAgreement be a TLS client',
  },
  {
    theirs: 'ok',
    ours: 'nameNotAllowed',
    because:
      'an excluded ".woodgrove.test" (no form of RFC 5280 §4.2.1.10 for DNS) also excludes woodgrove.test itself',
  },
];
