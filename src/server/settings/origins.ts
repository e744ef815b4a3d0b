import { isIP } from 'node:net';
import { socketHost } from '#core/host-name.ts';
import { fault } from '#core/trace/fault.ts';

/** The origins of the three hosts, and what they default to. */
export interface Origins {
  readonly loginOrigin: string;
  readonly certauthOrigin: string;
  readonly deviceRegistrationOrigin: string;
}

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
  const certauth = new URL(certauthOrigin);
  if (certauth.hostname === login.hostname && certauth.port === login.port) {
    const problem = 'it must differ from loginOrigin by host name or port';
    throw fault('settingInvalid', { setting: 'certauthOrigin', problem });
  }
  return { loginOrigin, certauthOrigin, deviceRegistrationOrigin };
}
