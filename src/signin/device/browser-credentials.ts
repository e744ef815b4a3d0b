import type { BrowserCredentials } from './broker.ts';

const refreshTokenName = 'x-ms-refreshtokencredential';
const deviceName = 'x-ms-devicecredential';
const largestCredential = 16 * 1024;

/** Header fields by their lower-case names. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the browser brings as header or cookie; names of neither depend on case (windows-sign-in §3.12). */
export function credentialsIn(headers: Headers): BrowserCredentials {
  const cookies = new Map(
    [headers.cookie ?? '']
      .flat()
      .join(';')
      .split(';')
      .map((pair) => {
        const at = pair.indexOf('=');
        const value = pair.slice(at + 1).trim();
        return [pair.slice(0, at).trim().toLowerCase(), value.replace(/^"|"$/g, '')];
      }),
  );
  const credential = (name: string): string | undefined => {
    const value = [headers[name]].flat()[0] ?? cookies.get(name);
    return value !== undefined && value !== '' && value.length <= largestCredential ? value : undefined;
  };
  return { refreshToken: credential(refreshTokenName), device: credential(deviceName) };
}

/** Whether the browser brings anything of its device. */
export const hasCredential = ({ refreshToken, device }: BrowserCredentials): boolean =>
  refreshToken !== undefined || device !== undefined;

/** The same credentials as header fields, for a request that the server asks itself in place of the browser. */
export function credentialHeaders(headers: Headers): Record<string, string> {
  const { refreshToken, device } = credentialsIn(headers);
  return {
    ...(refreshToken === undefined ? {} : { [refreshTokenName]: refreshToken }),
    ...(device === undefined ? {} : { [deviceName]: device }),
  };
}
