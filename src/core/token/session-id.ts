import { hash } from 'node:crypto';

/**
 * The `sid` of every token of one session of the login host, and `sessionId` of its entries in the sign-in log. It links
 * them and is of no use to find the session: the provider's own id stays within.
 */
export const sessionIdOf = (sessionUid: string): string => derived('sid', sessionUid);

/**
 * The uid of the session that an interaction begins, and `uti` of the access token that it ends with. Both are known while
 * the person signs in, so that the entry of the sign-in names the tokens that come of it.
 */
export const sessionUidOf = (interactionUid: string): string => derived('session', interactionUid);
export const tokenIdOf = (interactionUid: string): string => derived('uti', interactionUid);

/** 132 bits of a digest. The uid of an interaction has as many that are random. */
const derived = (label: string, from: string): string =>
  hash('sha256', JSON.stringify([label, from]), 'base64url').slice(0, 22);
