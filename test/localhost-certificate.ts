import { pemOfKey } from '#cli/client/card.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';

/** PEM of a certificate for host names, of its key and of its root. */
export function localhostCertificate(hosts: readonly string[] = ['localhost']) {
  const { root, server } = makeTlsCertificate({ hosts, at: new Date() });
  return {
    ca: pem('CERTIFICATE', root.der),
    cert: pem('CERTIFICATE', server.der),
    key: pemOfKey(server.privateKey),
  };
}
