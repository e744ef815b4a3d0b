import { createHash } from 'node:crypto';

/**
 * The `sid` of every token of one session of the login host, and `sessionId` of its entries in the sign-in log. It links
 * them and is of no use to find the session: the provider's own id stays within.
 */
export const sessionIdOf = (sessionUid: string): string =>
  createHash('sha256')
    .update(JSON.stringify(['sid', sessionUid]))
    .digest('base64url')
    .slice(0, 22);
