import type { AppliedPolicy } from './core/access/applied-policies.ts';
import type { MethodId, MethodState } from './core/access/method-state.ts';
import type { ClientAppType, ConditionalAccessPolicy, NamedLocation } from './core/access/policy.ts';
import type { Proof } from './core/access/proof.ts';
import type { AuthenticationStrength } from './core/access/strengths.ts';
import type { X509CertificateConfiguration } from './core/binding/policy.ts';
import type { FeatureRollout, IdentityProvider } from './core/binding/realm.ts';
import type { DirectoryAnswer, DirectoryQuestion, User } from './core/binding/user.ts';
import type { CrlAnswer, CrlRequest } from './core/crl/answer.ts';
import type { Crl } from './core/crl/crl.ts';
import type { BlockedCertificate } from './core/crl/policy.ts';
import type { Attempts } from './core/factors/lock-out.ts';
import type { OcspAnswer, OcspRequest } from './core/ocsp/needed.ts';
import type { TenantPolicy } from './core/policy.ts';
import type { Because } from './core/trace/reasons.ts';
import type { Ruling } from './core/trace/ruling.ts';
import type { Trace } from './core/trace/trace.ts';
import type { AuthorityRevocation } from './core/x509/trust-store.ts';

/** What we need from the world. Opened for one tenant, so code behind a door cannot forget which. */
export interface Ports {
  readonly tenant: Tenant;
  readonly clock: Clock;
  readonly policies: Policies;
  readonly directory: Directory;
  readonly federations: Federations;
  readonly crls: Crls;
  readonly ocsp: Ocsp;
  readonly signInLog: SignInLog;
  readonly sessions: Sessions;
  readonly flows: Flows;
  readonly handoffs: Handoffs;
  readonly live: LiveSignIns;
  readonly passwords: Passwords;
  readonly methods: Methods;
  readonly passkeys: Passkeys;
  readonly attempts: AttemptStore;
  readonly tickets: Tickets;
  readonly browsers: KnownBrowsers;
  readonly objects: Pick<Objects, 'list'>;
  /** Which groups a user is directly in, and whether a group is role-assignable: directory roles depend on it. */
  readonly groups: Pick<GroupAdmin, 'find' | 'directGroups'>;
}

/** Hashing of passwords: slow on purpose, so it is a promise. */
export interface Passwords {
  /** A PHC string of Argon2id. */
  hash(password: string): Promise<string>;
  /** Takes as long for an unknown user (`phc` undefined) as for a wrong password. */
  verify(phc: string | undefined, password: string): Promise<boolean>;
}

export interface Clock {
  now(): Date;
}

export interface Tenant {
  /** A GUID. */
  readonly id: string;
  readonly displayName: string;
  /** Lower case; the first is the default. */
  readonly domains: readonly Domain[];
}
export interface Domain {
  readonly id: string;
  readonly authenticationType: 'Managed' | 'Federated';
  readonly isVerified: boolean;
}

/** The tenants of this installation. The one port that is not opened for a tenant. */
export interface Tenants {
  /** By GUID or by verified domain; undefined when there is none. */
  find(idOrDomain: string): Promise<Tenant | undefined>;
  list(): Promise<readonly Tenant[]>;
  /** Adds it, with its audit row where an actor is named. */
  add(tenant: Tenant, actor?: string): Promise<void>;
  /** Whether the domain's people sign in here; with its audit row. False when the tenant has no such domain. */
  setAuthenticationType(
    tenantId: string,
    domain: string,
    authenticationType: Domain['authenticationType'],
    actor: string,
  ): Promise<boolean>;
  /** Gives the tenant a domain that it proved to hold, in the place of the one it asked for. Throws `domainTaken`. */
  verifyDomain(tenantId: string, domain: string, actor: string): Promise<void>;
  /** False when the tenant has no such domain. */
  removeDomain(tenantId: string, domain: string, actor: string): Promise<boolean>;
  /** Makes it the first. False when the tenant has no such domain. */
  setDefaultDomain(tenantId: string, domain: string, actor: string): Promise<boolean>;
}
/** A domain that a tenant asks for and has not proved to hold: kept as an object of this kind, under its name. */
export interface UnverifiedDomain {
  /** What its TXT record must say. */
  readonly text: string;
}

/** What the Domain Name System says. */
export interface NameRecords {
  /** Texts of the TXT records of a name; none when there are none or nobody answers. */
  txt(name: string): Promise<readonly string[]>;
}

/** What decides about users of a federated domain: who signs in here all the same, and where the others do (§7.2). */
export interface Federations {
  rollouts(): Promise<readonly FeatureRollout[]>;
  /** Ids of the groups a user is directly in: rollouts know no nesting (REALM-4). */
  directGroups(userId: string): Promise<readonly string[]>;
  /** Undefined when nobody has said where the domain's people go. */
  identityProviderOf(domain: string): Promise<IdentityProvider | undefined>;
}

export interface Policies {
  current(): Promise<TenantPolicy>;
}

export interface Directory {
  /** One answer a question, in the order asked. */
  answer(questions: readonly DirectoryQuestion[]): Promise<readonly DirectoryAnswer[]>;
  /** A user by object id. */
  user(id: string): Promise<User | undefined>;
  /** The stored password hash (a PHC string), or undefined. Never part of a User, so that it cannot leak by accident. */
  passwordHash(userId: string): Promise<string | undefined>;
  /** The method of the last completed sign-in, per user and not per device (MRU-3). */
  lastMethod(userId: string): Promise<string | undefined>;
  rememberMethod(userId: string, method: string): Promise<void>;
}

export interface Crls {
  /** What is kept, and nothing else: no address is asked. What is not kept, or past its end, is `crlNotKept`. */
  kept(requests: readonly CrlRequest[], at: Date): Promise<readonly CrlAnswer[]>;
  /** Never throws for what the network did; never fetches an address that is not in the requests. */
  fetch(requests: readonly CrlRequest[], at: Date): Promise<readonly CrlAnswer[]>;
}

export interface Ocsp {
  /** Never throws for what the network did; never asks an address that is not in the requests. */
  ask(requests: readonly OcspRequest[], at: Date): Promise<readonly OcspAnswer[]>;
}

/** What an administrator does with CRLs beyond waiting for them. */
export interface CrlAdmin {
  /** Fetches now, under the limits for the background. */
  refresh(requests: readonly CrlRequest[]): Promise<readonly CrlAnswer[]>;
  /** Takes a list by hand, for networks without a way to the address. */
  importCrl(request: CrlRequest, bytes: Uint8Array): Promise<Ruling<Crl>>;
  /** Where the lists stand; downloads nothing. */
  stateOf(requests: readonly CrlRequest[]): Promise<readonly CrlState[]>;
}
/** Where one list stands right now. */
export interface CrlState {
  readonly url: string;
  readonly source: 'download' | 'import' | 'restart' | 'none';
  readonly isDownloading: boolean;
  readonly number: string | undefined;
  readonly thisUpdate: Date | undefined;
  readonly nextUpdate: Date | undefined;
  readonly nextPublish: Date | undefined;
  /** Octets of the list. */
  readonly size: number;
  readonly entries: number;
  /** Why the last attempt to renew it failed; undefined after one that did not. */
  readonly lastError: Because | undefined;
  /** When the list was last confirmed to be the current one. */
  readonly fetchedAt: Date | undefined;
}

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
  readonly trace: Trace;
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
  /** Only these people's; everybody's when left out. */
  readonly userIds?: readonly string[];
}
export interface CertificateTried {
  readonly record: SignInRecord;
  readonly der: Uint8Array;
}
export interface SignInLog {
  /** Resolves only when the row is durable. Rejects when it cannot be: then there is no sign-in. */
  append(record: SignInRecord, presented?: PresentedCertificate): Promise<void>;
  /** What was tried with certificates from `since` on: of each person with each certificate the newest entry, newest first. */
  tried(query: TriedQuery): Promise<readonly CertificateTried[]>;
  find(id: string): Promise<SignInRecord | undefined>;
  /** Newest first, unless the oldest are wanted first. */
  list(query: SignInQuery): Promise<readonly SignInRecord[]>;
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

/** What a session of the login host has proven. The session's uid is the OpenID provider's. */
export interface Sessions {
  proofs(sessionUid: string): Promise<readonly Proof[]>;
  /** The browser sessions that have proven this user, each with its proofs; not what applications were given. */
  ofUser(userId: string): Promise<readonly { readonly sessionUid: string; readonly proofs: readonly Proof[] }[]>;
  add(sessionUid: string, proofs: readonly Proof[], expires: Date): Promise<void>;
  end(sessionUid: string): Promise<void>;
}

/** What outlives the request of a sign-in: sessions of browsers, what applications were given, and the proofs of both. */
export interface LiveSignIns {
  /** Keeps the certificate behind a proof for as long as a proof may live, so that it can be judged again. DER. */
  noteCertificate(certificate: ShownCertificate, expires: Date): Promise<void>;
  /** Certificates that sessions and grants of this moment rest on. */
  certificates(): Promise<readonly ShownCertificate[]>;
  /**
   * Ends every session and grant of a user, and refuses what was proven before `at` (REV-2, REV-4). One transaction with
   * its audit row. Throws `nothingFound`.
   */
  endOfUser(userId: string, at: Date, actor: string): Promise<Ended>;
  /** Ends every session and grant that rests on a certificate; the person may sign in with another at once. */
  endOfCertificate(key: string, why: Because, actor: string): Promise<Ended>;
  /** Ends what is left of people who were disabled or deleted. */
  endOfGone(actor: string): Promise<Ended>;
  /** Ends one session of a browser, as its person wishes; what applications were given for later stays. */
  endSession(sessionUid: string): Promise<Ended>;
  /** Applications that are still to be told of a session's end, the longest due first. Each is handed to one caller. */
  takeNotices(at: Date, top: number): Promise<readonly LogoutNotice[]>;
  /** It was told, or nobody wants to know. */
  dropNotice(id: string): Promise<void>;
}
export interface ShownCertificate {
  /** The name that proofs know it by: see `certificateKeyOf`. */
  readonly key: string;
  readonly der: Uint8Array;
}
/** How much ended. */
export interface Ended {
  readonly sessions: number;
  readonly grants: number;
}
/** An application that had signed somebody in with a session that ended (OpenID Connect Back-Channel Logout). */
export interface LogoutNotice {
  readonly id: string;
  readonly appId: string;
  readonly userId: string;
  readonly sid: string | undefined;
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
  /** The request to other sessions that is being waited for. */
  readonly approval?: string;
  /** What policy looks at in the application's request. */
  readonly clientAppType?: ClientAppType;
  readonly authenticationContexts?: readonly string[];
  readonly expires: Date;
}
export interface Flows {
  put(flow: Flow): Promise<void>;
  /** Undefined when unknown, another tenant's or expired. */
  find(id: string, at: Date): Promise<Flow | undefined>;
  findByInteraction(interactionUid: string, at: Date): Promise<Flow | undefined>;
}

/** Proofs on their way from the certauth host back to the login host: one use, sixty seconds, one interaction. */
export interface Handoff {
  readonly id: string;
  readonly interactionUid: string;
  readonly userId: string;
  readonly proofs: readonly Proof[];
  readonly expires: Date;
}
export interface Handoffs {
  put(handoff: Handoff): Promise<void>;
  /** Atomic: of ten callers one gets it. Undefined when unknown, spent, expired or another tenant's. */
  take(id: string, at: Date): Promise<Handoff | undefined>;
}

/** A way to prove who one is, beside certificate and password, that somebody registered or was given (Graph: authenticationMethod). */
export type RegisteredMethod = SoftwareOathMethod | PasskeyMethod | TemporaryAccessPassMethod;
interface MethodCommon {
  /** A GUID. */
  readonly id: string;
  readonly userId: string;
  /** What the person calls it. */
  readonly displayName: string;
  readonly createdDateTime: Date;
}
export interface SoftwareOathMethod extends MethodCommon {
  readonly kind: 'softwareOath';
  /** base64url. */
  readonly secret: string;
}
export interface PasskeyMethod extends MethodCommon {
  readonly kind: 'fido2';
  /** base64url, as browsers have it. */
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly aaguid: string;
  readonly transports: readonly string[];
}
export interface TemporaryAccessPassMethod extends MethodCommon {
  readonly kind: 'temporaryAccessPass';
  /** A PHC string: the pass is shown once, when it is issued. */
  readonly passHash: string;
  readonly startDateTime: Date;
  readonly lifetimeInMinutes: number;
  readonly isUsableOnce: boolean;
}
export interface Methods {
  /** In the order they were made. `counter` is what `spend` has raised so far; 0 at first. */
  ofUser(userId: string): Promise<readonly (RegisteredMethod & { readonly counter: number })[]>;
  passkey(credentialId: string): Promise<(PasskeyMethod & { readonly counter: number }) | undefined>;
  /** A new Temporary Access Pass replaces the user's old one. Throws `nothingFound` for a user there is not. */
  add(method: RegisteredMethod, actor: string): Promise<void>;
  /** False when the user has none of this id. */
  remove(userId: string, id: string, actor: string): Promise<boolean>;
  /** Raises the counter. Atomic: of ten callers with one number one gets true; a lower or equal number never does. */
  spend(id: string, counter: number): Promise<boolean>;
}

/** The ceremonies of WebAuthn, with user verification. `response` is JSON from a browser, unread; `origin` the login host's. */
export interface Passkeys {
  verifyAssertion(asked: {
    readonly response: unknown;
    readonly challenge: string;
    readonly origin: string;
    readonly passkey: PasskeyMethod & { readonly counter: number };
  }): Promise<{ readonly counter: number } | { readonly problem: string }>;
  verifyRegistration(asked: {
    readonly response: unknown;
    readonly challenge: string;
    readonly origin: string;
  }): Promise<
    Pick<PasskeyMethod, 'credentialId' | 'publicKey' | 'aaguid' | 'transports'> | { readonly problem: string }
  >;
}

/** Counts of wrong secrets, by an opaque subject. */
export interface AttemptStore {
  /** Reads and writes as one; `work` may be called again when another writer was faster. `next` undefined forgets the subject. */
  change<T>(
    subject: string,
    expires: Date,
    work: (kept: Attempts | undefined) => { readonly next: Attempts | undefined; readonly answer: T },
  ): Promise<T>;
}

/** Something begun that is to be ended once, by somebody who can name it: a WebAuthn challenge, a registration, an approval. */
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
export interface Tickets {
  put(ticket: Ticket): Promise<void>;
  find(kind: Ticket['kind'], id: string, at: Date): Promise<Ticket | undefined>;
  /** Those of a user that have not expired, oldest first. */
  ofUser(kind: Ticket['kind'], userId: string, at: Date): Promise<readonly Ticket[]>;
  /** Atomic: of ten callers one gets it, and it is gone. */
  take(kind: Ticket['kind'], id: string, at: Date): Promise<Ticket | undefined>;
  /** From one state to another; true for exactly one caller. */
  move(id: string, from: string, to: string, at: Date): Promise<boolean>;
}

/** Browsers in which a person finished signing in before, by a digest of the browser's own secret. */
export interface KnownBrowsers {
  knows(userId: string, browser: string, at: Date): Promise<boolean>;
  remember(userId: string, browser: string, expires: Date): Promise<void>;
}

/** An application that may ask for sign-ins (Graph: application and servicePrincipal in one). */
export interface Application {
  /** client_id, a GUID. */
  readonly appId: string;
  readonly displayName: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** Shown in a frame when its person signs out (OpenID Connect Front-Channel Logout; Graph: `web.logoutUrl`). */
  readonly logoutUrl?: string;
  /** Called when a session ends, whoever ended it (OpenID Connect Back-Channel Logout). Not Entra's. */
  readonly backChannelLogoutUri?: string;
  readonly isPublicClient: boolean;
  /** SHA-256 of each client secret, base64url. */
  readonly secretHashes: readonly string[];
  /** Client secrets with a name and an end, besides those. */
  readonly passwordCredentials?: readonly PasswordCredential[];
  /** Certificates it signs client assertions with. */
  readonly keyCredentials?: readonly KeyCredential[];
  /** `api://…` identifiers for which this application is the resource. */
  readonly identifierUris: readonly string[];
  /** Application permissions granted, as role values, for client credentials. */
  readonly roles: readonly string[];
  /** Where MyApps sends a person; undefined hides it there. */
  readonly homepage: string | undefined;
  /** Those of its redirect URIs that belong to a single-page application: code by CORS, short refresh tokens. */
  readonly spaRedirectUris?: readonly string[];
  /** What Graph knows of it and no sign-in asks. */
  readonly profile?: Profile;
  /** Known to Graph as an application only: nobody has made its service principal yet. */
  readonly lacksServicePrincipal?: boolean;
  /** ISO 8601 UTC. */
  readonly createdDateTime?: string;
}
/** A client secret (Graph: passwordCredential). Times are ISO 8601 UTC. */
export interface PasswordCredential {
  /** A GUID. */
  readonly keyId: string;
  readonly displayName: string;
  /** The first characters of the secret, so that people can tell theirs apart. */
  readonly hint: string;
  /** SHA-256, base64url. */
  readonly secretHash: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
}
/** A certificate for client assertions (Graph: keyCredential). Times are ISO 8601 UTC. */
export interface KeyCredential {
  /** A GUID. */
  readonly keyId: string;
  readonly displayName?: string;
  /** DER, base64. */
  readonly certificate: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
}
export interface Applications {
  find(appId: string): Promise<Application | undefined>;
  findByIdentifierUri(uri: string): Promise<Application | undefined>;
  list(): Promise<readonly Application[]>;
  /** Whoever says no `actor` is the installation itself. */
  put(application: Application, actor?: string): Promise<void>;
  /** Reads and writes under one lock. Throws `nothingFound`. */
  change(appId: string, work: (application: Application) => Application, actor: string): Promise<Application>;
  remove(appId: string, actor?: string): Promise<boolean>;
  /** Moves it to the deleted objects; false when there is none. */
  bury(appId: string, actor: string): Promise<boolean>;
  /** Throws `nothingFound`. */
  restore(appId: string, actor: string): Promise<Application>;
}

/** The records of the OpenID provider: eight methods over one table, in its words. Times are seconds as it gives them. */
export interface OidcRecords {
  upsert(model: string, id: string, payload: Record<string, unknown>, expiresIn: number): Promise<void>;
  find(model: string, id: string): Promise<Record<string, unknown> | undefined>;
  findByUid(model: string, uid: string): Promise<Record<string, unknown> | undefined>;
  findByUserCode(model: string, userCode: string): Promise<Record<string, unknown> | undefined>;
  /** Marks it consumed, by whom from `by`; true for exactly one caller. */
  consume(model: string, id: string, by?: string): Promise<boolean>;
  destroy(model: string, id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** Signing keys of one tenant as private JWKs with `kid`, `alg`, `use`; the first signs, the others still verify. */
export interface SigningKeys {
  /** @param kid a key that a signature names: where it is unknown, the keys are read again, at most once a second */
  current(kid?: string): Promise<readonly SigningKey[]>;
}
export interface SigningKey {
  readonly kid: string;
  readonly alg: 'RS256' | 'PS256' | 'ES256';
  readonly privateJwk: Record<string, unknown>;
}
/** Where private keys are kept. */
export interface KeyStore {
  list(): Promise<readonly (SigningKey & { readonly createdDateTime: Date })[]>;
  add(key: SigningKey, createdDateTime: Date): Promise<void>;
}

/** What an administrator changes (read again through `Policies`). Every change writes an audit row in the same transaction. */
export interface TrustStoreAdmin {
  /** The CAs of both stores, as uploaded; deleted ones are not among them. */
  list(): Promise<readonly AuthorityRow[]>;
  state(): Promise<TrustStoreState>;
  /**
   * One edit: `decide` is given what there is and answers what shall be. No other edit of the tenant's policy or trust
   * store comes in between, and what `decide` throws leaves everything as it was.
   */
  edit<T>(decide: (now: TrustStoreState) => TrustStoreEdit<T>, actor: string): Promise<T>;
  add(row: AuthorityRow, actor: string): Promise<void>;
  /** Replaces everything but the certificate; false when there is none of this id. */
  update(row: AuthorityRow, actor: string): Promise<boolean>;
  remove(id: string, actor: string): Promise<boolean>;
}
/** Both stores of a tenant at one moment. */
export interface TrustStoreState {
  /** That of the whole policy: another one means that something was edited meanwhile. */
  readonly version: string;
  readonly containers: readonly PkiContainer[];
  readonly authorities: readonly AuthorityRow[];
  readonly deletedContainers: readonly (PkiContainer & Deleted)[];
  readonly deletedAuthorities: readonly (AuthorityRow & Deleted)[];
}
export interface TrustStoreEdit<T> {
  /** Rows that are the same objects as before are left alone; `version` is not looked at. */
  readonly next: TrustStoreState;
  /** One audit row each. Without any, nothing is edited. */
  readonly changes: readonly TrustStoreChange[];
  readonly result: T;
}
export interface TrustStoreChange {
  readonly activity: string;
  readonly targetId: string;
  readonly old: unknown;
  readonly new: unknown;
}
/** The CAs of one PKI (Graph: certificateBasedAuthPki). */
export interface PkiContainer {
  readonly id: string;
  readonly displayName: string | undefined;
  /** How the last upload ended; undefined when there was none. */
  readonly status: 'running' | 'succeeded' | 'failed' | undefined;
  readonly statusDetails: string | undefined;
  readonly uploadStartedDateTime: Date | undefined;
  readonly lastModifiedDateTime: Date;
  readonly createdDateTime: Date;
}
/** DEL-1: kept for thirty days among the {@link DeletedObjects}, under Graph's names of their kinds. */
export interface Deleted {
  readonly deletedDateTime: Date;
  /** A CA that went with its container comes back with it. */
  readonly deletedWithContainer?: boolean;
}
/** Files that administrators name by URL. */
export interface Bundles {
  /** Whether this URL may be fetched, its host resolved. @throws uploadUrlRefused */
  check(url: string): Promise<void>;
  /** @throws uploadUrlRefused, uploadFailed, bundleTooLarge */
  fetch(url: string): Promise<Uint8Array>;
}
export interface AuthorityRow {
  readonly id: string;
  readonly der: Uint8Array;
  readonly displayName: string;
  readonly authorityType: 'root' | 'intermediate';
  readonly certificateRevocationListUrl: string | undefined;
  readonly deltaCertificateRevocationListUrl: string | undefined;
  readonly isIssuerHintEnabled: boolean;
  readonly revocation?: AuthorityRevocation;
  readonly store: 'pki' | 'classic';
  /** Of the PKI-based store alone. */
  readonly containerId?: string;
  readonly createdDateTime: Date;
}
/** What Graph knows of a user and no sign-in asks. Names and shapes are Graph's; an absent one is unset. */
export type Profile = Readonly<Record<string, unknown>>;
/** A user with everything that is kept of them; `createdDateTime` is ISO 8601 UTC, absent for rows from before it was kept. */
export interface UserEntry {
  readonly user: User;
  readonly profile: Profile;
  readonly createdDateTime: string | undefined;
  readonly hasPassword: boolean;
}
export interface UserAdmin {
  list(query: { readonly top: number; readonly after?: string }): Promise<readonly User[]>;
  find(idOrUserPrincipalName: string): Promise<User | undefined>;
  /** As `list` and `find`, with the profile. */
  entries(query: { readonly top: number; readonly after?: string }): Promise<readonly UserEntry[]>;
  entriesOf(ids: readonly string[]): Promise<readonly UserEntry[]>;
  count(): Promise<number>;
  /** How many have a user principal name in this domain. */
  countIn(domain: string): Promise<number>;
  /** Throws `userPrincipalNameTaken` or `certificateUserIdTaken`. */
  add(user: User, actor: string, profile?: Profile): Promise<void>;
  /** As `add`; throws `nothingFound` where there is no such user. Groups and profile are not changed by it. */
  update(user: User, actor: string): Promise<void>;
  /** Reads and writes under one lock, so that two writers never lose each other's changes. Throws as `update`. */
  change(
    userId: string,
    actor: string,
    work: (entry: UserEntry) => { readonly user: User; readonly profile: Profile },
  ): Promise<UserEntry>;
  /** Throws `nothingFound`. */
  setPasswordHash(userId: string, phc: string | undefined, actor: string): Promise<void>;
  /** Soft: kept among the deleted objects with values, memberships and password. False when there is none of this id. */
  remove(userId: string, actor: string): Promise<boolean>;
  /** Throws `nothingFound`, or what `add` throws when a name was taken meanwhile. */
  restore(userId: string, actor: string): Promise<UserEntry>;
}
export interface Group {
  /** A GUID. */
  readonly id: string;
  readonly displayName: string;
  readonly profile?: Profile;
  /** ISO 8601 UTC. */
  readonly createdDateTime?: string;
}
export interface GroupMember {
  readonly kind: 'user' | 'group';
  readonly id: string;
}
export interface GroupAdmin {
  list(query: { readonly top: number; readonly after?: string }): Promise<readonly Group[]>;
  find(id: string): Promise<Group | undefined>;
  add(group: Group, actor: string): Promise<void>;
  /** Reads and writes under one lock. Throws `nothingFound`. */
  change(groupId: string, actor: string, work: (group: Group) => Group): Promise<Group>;
  /** Soft, with its memberships; false when there is none of this id. */
  remove(id: string, actor: string): Promise<boolean>;
  /** Throws `nothingFound`. Memberships come back where the other side is still there. */
  restore(id: string, actor: string): Promise<Group>;
  /** The direct ones. Who is in a group through another is told by `User.groupIds`. */
  members(id: string): Promise<readonly GroupMember[]>;
  /** Ids of the groups a member is directly in. */
  directGroups(member: GroupMember): Promise<readonly string[]>;
  /** False when it was one already; throws `nothingFound` for a group or member this tenant does not have. */
  addMember(groupId: string, member: GroupMember, actor: string): Promise<boolean>;
  removeMember(groupId: string, member: GroupMember, actor: string): Promise<boolean>;
}
/** A directory object kept as a document, one kind a resource of Graph: `roleAssignments`, `featureRolloutPolicies` … */
export interface StoredObject<T> {
  readonly kind: string;
  readonly id: string;
  /** What it belongs to (a principal, a domain, a container), by which it is looked up; undefined when nothing. */
  readonly owner: string | undefined;
  readonly createdDateTime: Date;
  readonly document: T;
}
/** Who changes something, and what the audit log calls it. */
export interface Deed {
  readonly activity: string;
  readonly actor: string;
}
export interface Objects {
  /** In the order they were made. */
  list<T>(kind: string, owner?: string): Promise<readonly StoredObject<T>[]>;
  find<T>(kind: string, id: string): Promise<StoredObject<T> | undefined>;
  add<T>(object: Pick<StoredObject<T>, 'kind' | 'id' | 'owner' | 'document'>, deed: Deed): Promise<StoredObject<T>>;
  /** Reads and writes as one; undefined when there is none of this id. `work` may be called again when another writer was faster. */
  change<T>(kind: string, id: string, work: (document: T) => T, deed: Deed): Promise<StoredObject<T> | undefined>;
  /** Gone for good; false when there is none of this id. */
  remove(kind: string, id: string, deed: Deed): Promise<boolean>;
  /** Moves it to the deleted objects; false when there is none of this id. */
  bury(kind: string, id: string, deed: Deed): Promise<boolean>;
  /** Brings a buried one back. Throws `nothingFound`. */
  restore<T>(kind: string, id: string, deed: Deed): Promise<StoredObject<T>>;
}
/** What was deleted and may be restored for thirty days (Graph: directory/deletedItems). */
export interface DeletedObjects {
  /** Newest first. */
  list(kind: string): Promise<readonly DeletedObject[]>;
  find(id: string): Promise<DeletedObject | undefined>;
  /** Gone for good; false when there is none of this id. */
  purge(id: string, deed: Deed): Promise<boolean>;
}
export interface DeletedObject {
  readonly id: string;
  readonly kind: string;
  readonly deletedDateTime: Date;
  /** As its store wrote it down. */
  readonly document: unknown;
}
/** One change an administrator made (Graph: directoryAudit; AUD-1, AUD-2). */
export interface AuditRecord {
  readonly id: string;
  readonly activityDateTime: Date;
  readonly activity: string;
  readonly targetId: string;
  readonly actor: string;
  /** Undefined for what was not there before, is not there after, or is a secret. */
  readonly oldValue: unknown;
  readonly newValue: unknown;
}
export interface AuditLog {
  /** A row by itself, for what changes no row of this database: a list brought by hand, a new key. */
  note(
    change: Omit<AuditRecord, 'id' | 'activityDateTime' | 'oldValue' | 'newValue'> & {
      readonly old: unknown;
      readonly new: unknown;
    },
  ): Promise<void>;
  /** Newest first, unless the oldest are wanted first. `before` is the last record of the previous page, in either order. */
  list(query: {
    readonly top: number;
    readonly targetId?: string;
    /** One of these. */
    readonly activities?: readonly string[];
    /** Both ends belong to the range. */
    readonly from?: Date;
    readonly until?: Date;
    readonly before?: Pick<AuditRecord, 'id' | 'activityDateTime'>;
    readonly isOldestFirst?: boolean;
  }): Promise<readonly AuditRecord[]>;
  find(id: string): Promise<AuditRecord | undefined>;
}
/** Conditional Access and what its policies refer to. */
export interface AccessDocuments {
  readonly policies: readonly ConditionalAccessPolicy[];
  readonly strengths: readonly AuthenticationStrength[];
  readonly namedLocations: readonly NamedLocation[];
}
export interface PolicyAdmin {
  x509(): Promise<X509CertificateConfiguration>;
  /** `onlyFrom`: the version it was decided on. @throws policyEditedMeanwhile when another one is there by now */
  setX509(configuration: X509CertificateConfiguration, actor: string, onlyFrom?: string): Promise<void>;
  /** Which further methods may be used by whom, as far as it was written. */
  methodStates(): Promise<readonly MethodState[]>;
  /** Replaces what is decided of one method; undefined goes back to the factory setting. */
  setMethodState(id: MethodId, state: MethodState | undefined, actor: string): Promise<void>;
  /** Certificates refused whatever any CRL says. */
  blocked(): Promise<readonly BlockedCertificate[]>;
  setBlocked(blocked: readonly BlockedCertificate[], actor: string): Promise<void>;
  conditionalAccess(): Promise<readonly ConditionalAccessPolicy[]>;
  /** The tenant's own; the built-in ones are nobody's to change. */
  strengths(): Promise<readonly AuthenticationStrength[]>;
  namedLocations(): Promise<readonly NamedLocation[]>;
  /**
   * Reads and writes all three as one, so that two writers never lose each other's changes; what `work` leaves out stays.
   * Whether they make sense is the administrator's room to say (`admin/change-access.ts`).
   */
  changeAccess(actor: string, work: (documents: AccessDocuments) => Partial<AccessDocuments>): Promise<AccessDocuments>;
}
/** Everything the `admin` room needs of one tenant. */
export interface AdminPorts {
  readonly tenants: Tenants;
  readonly policies: Policies;
  readonly trustStore: TrustStoreAdmin;
  readonly users: UserAdmin;
  readonly policy: PolicyAdmin;
  readonly applications: Applications;
  readonly groups: GroupAdmin;
  readonly objects: Objects;
  readonly deleted: DeletedObjects;
  readonly live: LiveSignIns;
  readonly methods: Methods;
  readonly audits: AuditLog;
  /**
   * Does several things as one: what `work` throws leaves everything as it was. Changes of one tenant wait for each other
   * on every node, so it is for what is short, and asks nothing of the network.
   */
  atomically<T>(work: (inside: AdminPorts) => Promise<T>): Promise<T>;
}

/** Downloaded CRLs as they came, kept over a restart. Shared by all tenants: a URL's bytes are public. */
export interface CrlBytes {
  /** What is known of a list, without its octets. */
  head(url: string): Promise<StoredCrlHead | undefined>;
  read(url: string): Promise<StoredCrl | undefined>;
  write(crl: StoredCrl): Promise<void>;
  /** The kept list, under the same number, is still the current one. False when none or another is kept. */
  confirm(facts: StoredCrlFacts): Promise<boolean>;
  /** Removes a list and its number: it turned out to be of another key. */
  forget(url: string): Promise<void>;
  /** Present where several processes keep their lists together, so that one downloads and the others wait for it. */
  readonly claims: CrlClaims | undefined;
}
/** Who is downloading a list. A claim ends by itself, because processes do. */
export interface CrlClaims {
  /** Takes or renews the claim until then; false when somebody else holds one that has not ended by `at`. */
  take(url: string, holder: string, at: Date, until: Date): Promise<boolean>;
  release(url: string, holder: string): Promise<void>;
}
export interface StoredCrlFacts {
  readonly url: string;
  readonly fetchedAt: Date;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** The highest CRL number ever accepted from here, decimal. */
  readonly highestNumber: string | undefined;
}
export interface StoredCrl extends StoredCrlFacts {
  readonly der: Uint8Array;
}
export interface StoredCrlHead extends StoredCrlFacts {
  /** Octets of the list; 0 when they are kept elsewhere. */
  readonly size: number;
}
