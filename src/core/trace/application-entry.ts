import type { Trace } from './trace.ts';

/** Whether an entry is of an application that signed in, or tried to, as itself: no user is in it. */
export const isOfApplication = ({ findings }: Pick<Trace, 'findings'>): boolean =>
  findings.some(({ because: { code } }) => codes.has(code));

const codes: ReadonlySet<string> = new Set([
  'clientCredentialsAccepted',
  'applicationCertificateUnknown',
  'applicationCertificateMisnamed',
  'applicationCertificateExpired',
  'applicationCertificateRefused',
]);
