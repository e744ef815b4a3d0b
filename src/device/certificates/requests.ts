import { createPublicKey, type KeyObject } from 'node:crypto';
import { readCertificateRequest } from '#core/device/registration/certificate-request.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { IssuedCertificate } from './issue.ts';

/** The one type of request that is read (windows-sign-in §3.10). */
const pkcs10 = 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS10';

/** What the requested certificate is for: `cert_token_use`; undefined where the request is about none. */
export const certificateUseIn = ({ cert_token_use: use }: Readonly<Record<string, unknown>>): string | undefined =>
  use === undefined ? undefined : String(use).slice(0, 100);

/**
 * The key of the certification request in a signed request; its signature proves possession. The subject is not read: the
 * service decides it. Refuses with `certificateUseRefused` and the reasons of {@link readCertificateRequest}.
 */
export function requestedKey(payload: Readonly<Record<string, unknown>>): Ruling<KeyObject> {
  if (payload.csr_type !== pkcs10)
    return refused('certificateUseRefused', { problem: 'csr_type is not that of PKCS #10' });
  const request = readCertificateRequest(typeof payload.csr === 'string' ? payload.csr : '');
  if (request.outcome !== 'passed') return request;
  const key = createPublicKey({ key: Buffer.from(request.value.publicKey), format: 'der', type: 'spki' });
  return passed(key, 'certificateRequestRead', {});
}

/** What every answer with a certificate has; counts of seconds are texts at version 1 (windows-sign-in §0.5, rule 9). */
export function certificateAnswer(
  { notAfter }: IssuedCertificate,
  content: Readonly<Record<string, string>>,
  { version, at }: { readonly version: 1 | 2; readonly at: Date },
): Readonly<Record<string, unknown>> {
  const end = Math.floor(notAfter.getTime() / 1000);
  const seconds = end - Math.floor(at.getTime() / 1000);
  const count = (value: number) => (version === 1 ? String(value) : value);
  return {
    token_type: 'Bearer',
    expires_in: count(seconds),
    ext_expires_in: count(seconds),
    expires_on: count(end),
    ...content,
  };
}
