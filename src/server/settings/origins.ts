import { isIP } from 'node:net';
import { socketHost } from '#core/host-name.ts';
import { fault } from '#core/trace/fault.ts';

/** The origins of the three hosts, and what they default to. */
export interface Origins {
  readonly loginOrigin: string;
  readonly certauthOrigin: string;
  readonly deviceRegistrationOrigin: string;
}

/** The port of an origin, also where it does not write the usual one. */
export const portOf = (origin: string): number => Number(new URL(origin).port || 443);

type SetOrigins = { readonly [Name in keyof Origins]?: string | undefined } & { readonly port: number };

/** The origins that are set, and hosts below that of the login origin for the others. @throws settingInvalid */
export function originsOf(settings: SetOrigins): Origins {
  const loginOrigin = settings.loginOrigin ?? `https://localhost${settings.port === 443 ? '' : `:${settings.port}`}`;
  const login = new URL(loginOrigin);
  const isComplete = settings.certauthOrigin !== undefined && settings.deviceRegistrationOrigin !== undefined;
  if (isIP(socketHost(login.hostname)) !== 0 && !isComplete) {
    const problem =
      'it must have a host name, because no host is below an IP address; or set certauthOrigin and deviceRegistrationOrigin as well';
    throw fault('settingInvalid', { setting: 'loginOrigin', problem });
  }
  const {
    certauthOrigin = `https://certauth.${login.host}`,
    deviceRegistrationOrigin = `https://enterpriseregistration.${login.host}`,
  } = settings;
  const conflict = conflictOf(login, new URL(certauthOrigin), new URL(deviceRegistrationOrigin));
  if (conflict) throw fault('settingInvalid', conflict);
  return { loginOrigin, certauthOrigin, deviceRegistrationOrigin };
}

/**
 * Why the login pages could not be reached. The front chooses by the host name alone: certauth and every name below it on its port, then the host
 * of registration and every name that begins with "enterpriseregistration.". The certauth host serves registration as well.
 */
function conflictOf(login: URL, certauth: URL, registration: URL): { setting: string; problem: string } | undefined {
  const isOnePort = certauth.port === login.port;
  if (isOnePort && certauth.hostname === login.hostname)
    return { setting: 'certauthOrigin', problem: 'it must differ from loginOrigin by host name or port' };
  if (registration.hostname === login.hostname)
    return { setting: 'deviceRegistrationOrigin', problem: 'it must differ from loginOrigin by host name' };
  const isBelow = isOnePort && login.hostname.endsWith(`.${certauth.hostname}`);
  const problem =
    'its host name leads to the pages of certificates: it is below that of certauthOrigin, or begins with enterpriseregistration';
  if (isBelow || login.hostname.startsWith('enterpriseregistration.')) return { setting: 'loginOrigin', problem };
  return undefined;
}
