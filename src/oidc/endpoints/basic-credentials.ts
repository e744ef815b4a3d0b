/**
 * The application id in an Authorization header of the scheme Basic (RFC 6749 §2.3.1), which may be empty; undefined where the header
 * has no name and secret.
 */
export function appIdInBasic(header: string | undefined): string | undefined {
  const [, credentials] = /^Basic ([\w+/=-]+)$/i.exec(header?.trim() ?? '') ?? [];
  const name = credentials && /^([^:]*):/.exec(Buffer.from(credentials, 'base64').toString('utf8'))?.[1];
  if (name === undefined || name === '') return name;
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
