import type { BrowserCredentials } from './broker.ts';

const refreshTokenName = 'x-ms-refreshtokencredential';
const deviceName = 'x-ms-devicecredential';
const largestCredential = 16 * 1024;

/** Header fields by their lower-case names. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Cookies by the names that the browser sends. */
type Cookies = Readonly<Record<string, string>>;

/** What the browser brings as header or cookie; names of neither depend on case (windows-sign-in §3.12). */
export function credentialsIn(headers: Headers, cookies: Cookies): BrowserCredentials {
  const cookieValues = new Map(Object.entries(cookies).map(([name, value]) => [name.toLowerCase(), value]));
  const credential = (name: string): string | undefined => {
    const value = [headers[name]].flat()[0] ?? cookieValues.get(name);
    return value !== undefined && value !== '' && value.length <= largestCredential ? value : undefined;
  };
  return { refreshToken: credential(refreshTokenName), device: credential(deviceName) };
}

/** Whether the browser brings anything of its device. */
export const hasCredential = ({ refreshToken, device }: BrowserCredentials): boolean =>
  refreshToken !== undefined || device !== undefined;

/** The same credentials as header fields, for a request that the server asks itself in place of the browser. */
export function credentialHeaders(headers: Headers, cookies: Cookies): Record<string, string> {
  const { refreshToken, device } = credentialsIn(headers, cookies);
  return {
    ...(refreshToken === undefined ? {} : { [refreshTokenName]: refreshToken }),
    ...(device === undefined ? {} : { [deviceName]: device }),
  };
}
