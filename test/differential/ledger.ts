import type { Explained } from './compare.ts';
import { treeAccepts } from './policy-tree/policy-tree.ts';
import { randomChain } from './random-chain.ts';

const issuersDuty = 'a duty of the issuer (-x509_strict), no step of RFC 5280 §6.1';

const mappedTwice =
  'OpenSSL gives a policy that a CA mapped out of anyPolicy its old name in the next CA with anyPolicy; RFC 5280 §6.1.3 (d)(2) takes it from the expected policy set';

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
  { theirs: 'Subject name empty', ours: 'passed', mutation: 'empty subject', because: issuersDuty },
  {
    theirs: 'self-signed certificate in certificate chain',
    ours: 'passed',
    mutation: 'self-issued CA',
    because: 'a self-issued CA without key identifiers is a link here; OpenSSL takes it for a root it does not know',
  },
  {
    theirs: 'certificate signature failure',
    ours: 'passed',
    mutation: 'self-issued CA',
    because: 'two CAs of one name, and no key identifier to tell them apart: we try both (PATH-14), OpenSSL the first',
  },
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
    because: 'a CA certificate is not a user certificate',
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
  {
    theirs: 'ok',
    ours: 'policyNotAcceptable',
    confirms: ({ seed }) => !treeAccepts(randomChain(seed)),
    because: mappedTwice,
  },
  {
    theirs: 'no explicit policy',
    ours: 'passed',
    confirms: ({ seed }) => treeAccepts(randomChain(seed)),
    because: mappedTwice,
  },
];

const bothOrNothing = 'CRL-18: base and delta or nothing; OpenSSL passes over a delta that it cannot use';

/** Where OpenSSL and we disagree on CRLs, and why we stand by it. We never accept what it refuses. */
export const revocationLedger: readonly Explained[] = [
  { theirs: 'ok', ours: 'crlIncomplete', because: bothOrNothing },
  { theirs: 'ok', ours: 'crlExpired', because: `${bothOrNothing}, and lets one that ends this second hold` },
  { theirs: 'ok', ours: 'crlNotYetValid', because: bothOrNothing },
  { theirs: 'ok', ours: 'crlSignatureWrong', because: bothOrNothing },
  { theirs: 'ok', ours: 'crlExtensionUnknown', because: bothOrNothing },
  {
    theirs: 'ok',
    ours: 'crlNumberMissing',
    because: 'CRL-15: without a number nothing tells an old list from a new one',
  },
  {
    theirs: 'ok',
    ours: 'crlNextUpdateMissing',
    because: 'RFC 5280 §5.1.2.5: a list without an end could be replayed for ever',
  },
  {
    theirs: 'ok',
    ours: 'certificateRevoked',
    mutation: 'leaf revoked on the delta',
    because: 'a serial number both revoked and released on one delta is revoked: doubt refuses',
  },
];
