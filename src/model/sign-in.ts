import type { AccessResult, AppliedPolicy } from '#core/access/applied-policies.ts';
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
  /** Set where the entry stands for failures of one user with one code and any evidence, because their source had too many entries. */
  readonly isOfManyCauses?: true;
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

/** Which entries of the sign-in log are wanted; an entry meets all of them. */
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
  /** What Conditional Access came to. Entries of earlier versions are listed whatever it was: compare again. */
  readonly accessResult?: AccessResult;
  readonly ipAddress?: string;
  readonly sessionId?: string;
  /** One of these must hold: what a search came to. */
  readonly anyOf?: readonly SignInKey[];
  /** Both ends belong to the range. */
  readonly from?: Date;
  readonly until?: Date;
  /** The last entry of the previous page. */
  readonly after?: Pick<SignInRecord, 'id' | 'createdDateTime'>;
  readonly isOldestFirst?: boolean;
}

/** What entries are looked up by in an index. A certificate is named by the SHA-256 of its to-be-signed part. */
export interface SignInKey {
  readonly by: 'userId' | 'appId' | 'userPrincipalName' | 'ipAddress' | 'certificate';
  readonly value: string;
}

/** How an entry came about (Graph: `signInEventTypes`), as the number that is stored. */
export const signInEventKinds = { interactiveUser: 0, nonInteractiveUser: 1, servicePrincipal: 2 } as const;

/** A condition on what an index of the log holds. Texts compare exactly. */
export type SignInCondition =
  | { readonly kind: 'and' | 'or'; readonly left: SignInCondition; readonly right: SignInCondition }
  | { readonly kind: 'not'; readonly of: SignInCondition }
  | {
      readonly kind: 'compare';
      readonly column: 'errorNumber' | 'eventKind' | 'appId' | 'createdDateTime';
      readonly operator: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
      readonly value: string | number;
    };

/** Which entries are counted; all of what is given must hold. */
export interface SignInCount
  extends Pick<SignInQuery, 'userId' | 'userPrincipalName' | 'ipAddress' | 'sessionId' | 'from' | 'until'> {
  readonly condition?: SignInCondition;
}

/** Entries of one length of time with the same result. */
export interface SignInSummaryRow {
  readonly start: Date;
  readonly status: SignInRecord['status'];
  readonly errorNumber: number;
  readonly count: number;
}

/** When a user signed in last, and the entry that says so; absent where that never happened. */
export interface SignInActivity {
  readonly interactive?: LastSignIn;
  readonly silent?: LastSignIn;
  readonly success?: LastSignIn;
}
export interface LastSignIn {
  readonly at: Date;
  readonly id: string;
}

/** A certificate that came with a user's name; `binding` is how it was bound to that user the last time. */
export interface CertificateUse {
  readonly userId: string;
  readonly sha1Thumbprint: string;
  /** The certificate, as DER. */
  readonly der: Uint8Array;
  readonly firstUsed: Date;
  readonly lastUsed: Date;
  /** Entries, refused ones included. */
  readonly uses: number;
  readonly binding: { readonly field: string; readonly property: string; readonly rank: number } | undefined;
}

/** A use without the certificate, and whether the user has certificateUserIds now. */
export interface LastUse extends Pick<CertificateUse, 'userId' | 'sha1Thumbprint' | 'lastUsed'> {
  readonly hasValues: boolean;
}

/** Certificates that were bound to a user. */
export interface CertificateCount {
  readonly certificates: number;
  /** One of them counted as two factors the last time. */
  readonly isMultiFactor: boolean;
}

/** A value of certificates that came in sign-ins. */
export interface ObservedValue {
  readonly value: string;
  /** Entries of the period. */
  readonly count: number;
  readonly users: number;
  readonly lastSeen: Date;
}

/** What the assurance report counts sign-ins by. */
export interface AssuranceKind {
  /** Of everything that was proven; null where nothing was, and no rule rated a certificate. */
  readonly strength: 'singleFactor' | 'multiFactor' | null;
  /** The name of the CA that issued the certificate, and its key identifier; null without a certificate. */
  readonly issuer: string | null;
  readonly issuerKeyIdentifier: string | null;
  /** The certificate field by which the user was found. */
  readonly binding: string | null;
  /** `x509Certificate`, or the word of authentication strengths for the last method. */
  readonly method: string;
  /** Trust type of the registered device; null without one. */
  readonly device: string | null;
  readonly policyOids: readonly string[];
}

/** One sign-in on the pages, from the authorize request to its end. */
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
  /** The live session that the sign-in began in, where it is of the same person; what it has proven counts too. */
  readonly sessionUid?: string;
  /** The browser's live session when the sign-in began, and its user; another user begins another session. */
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
