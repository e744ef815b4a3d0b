import { createHash } from 'node:crypto';

/**
 * The object id of an application. It is made from the appId, which names the service principal; so the two differ as
 * they do in Entra, and neither has to be kept (a UUID of RFC 9562 §5.8).
 */
export function applicationObjectId(appId: string): string {
  const digest = createHash('sha256').update(`application ${appId.toLowerCase()}`).digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
