import { messageOf } from '#core/trace/fault.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { checkKey } from '#core/x509/algorithms/public-key.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import type { KeyCredential } from '#model/application.ts';

/**
 * A certificate as an application keeps it: good for as long as the certificate itself. The key policy of certificates of users holds.
 * Refuses with applicationKeyInvalid.
 */
export function keyCredentialOf(
  { der, notBefore, notAfter, subjectPublicKeyInfo }: Certificate,
  { keyId, displayName }: { readonly keyId?: string | undefined; readonly displayName?: string | undefined } = {},
): Ruling<KeyCredential> {
  const keyRuling = checkKey(subjectPublicKeyInfo, defaultAlgorithmPolicy);
  if (keyRuling.outcome !== 'passed')
    return refused('applicationKeyInvalid', { problem: messageOf(keyRuling.because) });
  return success({
    keyId: keyId ?? crypto.randomUUID(),
    ...(displayName === undefined ? {} : { displayName }),
    certificate: Buffer.from(der).toString('base64'),
    startDateTime: notBefore.toISOString(),
    endDateTime: notAfter.toISOString(),
  });
}
