import { X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import { hostOfOrigin } from '#core/host-name.ts';
import { type RegistrationListener, registrationListener } from '#device/registration/listener.ts';
import { openRegistrationNonces } from '#device/registration/nonces.ts';
import { type CertificateProxies, presentedBy } from '#http/certauth/presented.ts';
import { checkDeviceToken } from '#oidc/tokens/device-token.ts';
import { namesHost } from '#pki/tls-certificate.ts';
import type { Config } from '../config.ts';
import type { OpenInstallation } from '../installation.ts';
import { logFault } from '../log.ts';
import { clock } from '../process/clock.ts';
import type { Tls } from './tls-files.ts';

/** The device registration service on this installation. */
export function openDevices(
  config: Config,
  installation: OpenInstallation,
  { tls, certificateProxies }: { readonly tls: Tls; readonly certificateProxies: CertificateProxies },
  log: Logger,
): RegistrationListener {
  const { storage, tenants, signingKeysOf, registrationNonceKey } = installation;
  const names = { publicOrigin: config.loginOrigin, tenants, signingKeysOf };
  return registrationListener({
    loginOrigin: config.loginOrigin,
    registrationOrigin: originOf(config, tls),
    authorityNames: { commonName: config.deviceAuthorityName, organizationalUnit: config.deviceAuthorityUnit },
    clock,
    tenants,
    nonces: openRegistrationNonces(registrationNonceKey),
    portsOf: async (tenantId) => ({ ...(await installation.portsOf(tenantId)), ...storage.forTenant(tenantId) }),
    checkToken: (token, certificateOf) => checkDeviceToken(token, { ...names, at: clock.now(), certificateOf }),
    certificateOf: (incoming) => presentedBy(incoming, certificateProxies)?.leaf,
    onFault: (problem, correlationId) => logFault(log, problem, 'device registration failed', { correlationId }),
  });
}

/** The certauth host requests certificates as well: it serves where the TLS certificate does not name the configured host. */
function originOf({ deviceRegistrationOrigin, certauthOrigin }: Config, { files }: Tls): string {
  const isNamed = namesHost(new X509Certificate(files.cert), hostOfOrigin(deviceRegistrationOrigin));
  return isNamed ? deviceRegistrationOrigin : certauthOrigin;
}
