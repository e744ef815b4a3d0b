import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import { certificateBundle } from '#pki/build/certificate-bundle.ts';
import type { PrtTenant } from '../prt/context.ts';
import type { SessionRequest } from '../prt/requests/session-request.ts';
import { helloCertificate } from './hello-certificates.ts';
import type { IssuedCertificate } from './issue.ts';
import { peerCertificateOfUser } from './peer-certificates.ts';

/** A certificate for a user, and the members of the answer that are its use's own. */
export interface UserCertificate {
  readonly issued: IssuedCertificate;
  readonly content: Readonly<Record<string, string>>;
}

const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');

/** The certificate that a request of a session key asks for. @param use `cert_token_use` */
export async function userCertificate(
  session: SessionRequest,
  use: string,
  tenant: PrtTenant,
): Promise<Ruling<UserCertificate>> {
  if (use !== 'user_cert' && use !== 'winhello_cert')
    return refused('certificateUseRefused', { problem: `cert_token_use "${use}" is not offered to users` });
  const ruling = await (use === 'user_cert' ? peerCertificateOfUser : helloCertificate)(session, tenant);
  if (ruling.outcome !== 'passed') return ruling;
  const issued = ruling.value;
  const { certificate, authority, notAfter } = issued;
  const content =
    use === 'user_cert' ? peerContent(issued) : { x5c: base64(certificateBundle(certificate, authority)), scope: use };
  return passed({ issued, content }, 'certificateIssued', { notAfter: notAfter.toISOString() });
}

/** A certificate for other devices is delivered with its authority, which they trust (windows-sign-in §3.11). */
export const peerContent = ({ certificate, authority }: IssuedCertificate) => ({
  x5c: base64(certificate),
  x5c_ca: base64(authority),
});
