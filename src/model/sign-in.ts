import type { AppliedPolicy } from '#core/access/applied-policies.ts';
import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import type { ClientAppType } from '#core/access/policy.ts';
import type { Proof } from '#core/access/proof.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { Trace } from '#core/trace/trace.ts';

/** A row of the sign-in log. Nothing secret: no cookie, token, password, private key. */
export interface SignInRecord {
  readonly id: string;
  readonly correlationId: string;
  readonly createdDateTime: Date;
  readonly status: 'success' | 'failure' | 'interrupted';
  /** The code that ended it; for a success the last finding's. */
  readonly because: Because;
  readonly userId: string | undefined;
  /** As typed when no user was found, else the user's own. */
  readonly userPrincipalName: string;
  readonly userDisplayName: string;
  readonly appId: string;
  readonly appDisplayName: string;
  readonly resourceId: string;
  readonly ipAddress: string;
  readonly userAgent: string;
  /** A browser when absent. */
  readonly clientAppType?: ClientAppType;
  readonly isInteractive: boolean;
  readonly proofs: readonly Proof[];
  /** What every Conditional Access policy came to; absent in entries that never got there. */
  readonly appliedConditionalAccessPolicies?: readonly AppliedPolicy[];
  /** `sid` of the tokens of the same session; absent where there is no session yet. */
  readonly sessionId?: string;
  /** `uti` of the access token that was made of it; absent where none was made in the same request. */
  readonly uniqueTokenIdentifier?: string;
  /** The registered device that proved itself in the request; absent where none did. */
  readonly device?: DeviceFacts;
  /** The token that the request rests on, in Graph's word; absent where it rests on none. */
  readonly incomingTokenType?: 'primaryRefreshToken';
  readonly trace: Trace;
  /** Identical attempts in this entry, the first one with them, and when the last one was; absent when there is only one. */
  readonly repeats?: { readonly count: number; readonly lastDateTime: Date };
  /** Set where the entry stands for attempts with many unknown names, because their source had too many entries. */
  readonly isOfManyNames?: true;
}

/** A certificate that came in the handshake of a sign-in. It is public; it is kept as long as its entries are. */
export interface PresentedCertificate {
  /** What it is remembered by: SHA-256 of its to-be-signed part, upper-case hex. */
  readonly tbsSha256: string;
  readonly der: Uint8Array;
}

export interface TriedQuery {
  readonly since: Date;
  readonly top: number;
  /** Entries from after this moment are not looked at. */
  readonly until?: Date;
  /** The last entry of the page before. */
  readonly after?: Pick<SignInRecord, 'id' | 'createdDateTime'>;
  /** Only these users'; every user's when left out. */
  readonly userIds?: readonly string[];
}

export interface CertificateTried {
  readonly record: SignInRecord;
  readonly der: Uint8Array;
}

/** Which entries of the sign-in log are wanted; all of what is said must hold. */
export interface SignInQuery {
  readonly top: number;
  readonly correlationId?: string;
  readonly userId?: string;
  readonly appId?: string;
  /** Case does not count. */
  readonly userPrincipalName?: string;
  /** AADSTS number; 0 is a success. */
  readonly errorNumber?: number;
  readonly isInteractive?: boolean;
  /** Both ends belong to the range. */
  readonly from?: Date;
  readonly until?: Date;
  /** The last entry of the previous page. */
  readonly after?: Pick<SignInRecord, 'id' | 'createdDateTime'>;
  readonly isOldestFirst?: boolean;
}

/** One visit to the sign-in pages, from the authorize request to its end. */
export interface Flow {
  /** Unguessable; names the flow in URLs of the certauth host. Never enough by itself to complete anything. */
  readonly id: string;
  readonly interactionUid: string;
  readonly correlationId: string;
  readonly appId: string;
  readonly appDisplayName: string;
  readonly resourceId: string;
  /** As typed, or undefined before the user-name page. */
  readonly username: string | undefined;
  /** Who was proven on the login host so far, and how; absent before the first factor. */
  readonly userId?: string;
  readonly proofs?: readonly Proof[];
  /** The live session that the visit began in, where it is of the same person; what it has proven counts too. */
  readonly sessionUid?: string;
  /** The browser's live session when the visit began, and its user; another user begins another session. */
  readonly browserSession?: { readonly uid: string; readonly userId: string };
  /** The request to other sessions that is being waited for. */
  readonly approval?: string;
  /** What policy looks at in the application's request. */
  readonly clientAppType?: ClientAppType;
  readonly authenticationContexts?: readonly string[];
  readonly expires: Date;
}

/** Proofs on their way from the certauth host back to the login host: one use, sixty seconds, one interaction. */
export interface Handoff {
  readonly id: string;
  readonly interactionUid: string;
  readonly userId: string;
  readonly proofs: readonly Proof[];
  readonly expires: Date;
}

/** A step that is completed once, by the browser that can name it: a WebAuthn challenge, a registration, an approval. */
export interface Ticket {
  /** Unguessable. */
  readonly id: string;
  readonly kind: 'passkeyChallenge' | 'oneTimeCodeSecret' | 'approval';
  readonly userId: string | undefined;
  readonly state: string;
  /** What the kind needs; sealed at rest. */
  readonly document: Readonly<Record<string, string>>;
  readonly expires: Date;
}
