import type { TokenVersion } from './version.ts';

/**
 * What is read of the records that oidc-provider stores. Their members are its own: `src/oidc/provider/internals/reaches.ts` lists them
 * with the version of the library, and its test compares them with records that the library makes. What is missing or of another type is undefined.
 */
type Payload = Readonly<Record<string, unknown>>;

/** What the record of a refresh token says of its client, its life and its first use. */
export interface RefreshTokenRecord {
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly sessionUid?: string | undefined;
  /** When the first token of its chain was issued, in seconds. */
  readonly iiat?: number | undefined;
  /** In seconds. */
  readonly exp?: number | undefined;
  /** When it was used, in seconds; the record of one that was not used has none. */
  readonly consumed?: number | undefined;
  /** The same in milliseconds, and the address that used it. */
  readonly consumedAt?: number | undefined;
  readonly consumedBy?: string | undefined;
}

export const refreshTokenRecord = (payload: Payload): RefreshTokenRecord => ({
  accountId: textOf(payload.accountId),
  clientId: textOf(payload.clientId),
  grantId: textOf(payload.grantId),
  sessionUid: textOf(payload.sessionUid),
  iiat: numberOf(payload.iiat),
  exp: numberOf(payload.exp),
  consumed: numberOf(payload.consumed),
  consumedAt: numberOf(payload.consumedAt),
  consumedBy: textOf(payload.consumedBy),
});

/** Whose grant it is, and for which application. */
export interface GrantRecord {
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
}

export const grantRecord = (payload: Payload): GrantRecord => ({
  accountId: textOf(payload.accountId),
  clientId: textOf(payload.clientId),
});

/** The uid of the session that a code was made in; undefined where the record says none. */
export const sessionUidOfCode = ({ sessionUid }: Payload): string | undefined => textOf(sessionUid);

/** What a session keeps of an application. */
export interface SessionAuthorization {
  /** The name of the session in the tokens of the application. */
  readonly sid?: string | undefined;
  /** The version of the endpoint that the application last signed its user in at, which is that of its ID tokens; it is ours. */
  readonly cardeaVersion?: TokenVersion | undefined;
}

/** The applications of a session, by their ids. */
export interface SessionRecord {
  readonly authorizations: Readonly<Record<string, SessionAuthorization>>;
}

export function sessionRecord({ authorizations }: Payload): SessionRecord {
  const entries = Object.entries(isObject(authorizations) ? authorizations : {}).map(([appId, value]) => {
    const { sid, cardeaVersion } = isObject(value) ? value : {};
    const version = cardeaVersion === 1 || cardeaVersion === 2 ? cardeaVersion : undefined;
    return [appId, { sid: textOf(sid), cardeaVersion: version }] as const;
  });
  return { authorizations: Object.fromEntries(entries) };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const isObject = (value: unknown): value is Payload => typeof value === 'object' && value !== null;
