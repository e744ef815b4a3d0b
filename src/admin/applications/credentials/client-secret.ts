import { randomBytes } from 'node:crypto';

/**
 * A new secret of an application: 240 random bits as 40 characters of base64url. It never begins with `-`, which command
 * lines such as `az login --password` take for an option.
 */
export function newClientSecret(): string {
  const secret = randomBytes(30).toString('base64url');
  return secret.startsWith('-') ? newClientSecret() : secret;
}
