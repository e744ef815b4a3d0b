import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Proof } from '#core/access/proof.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { BrowserSession, Interaction, InteractionResult } from '#model/interaction.ts';
import type { Ended, LogoutNotice, SessionCertificate } from '#model/session.ts';

/** What a session of the login host has proven. The session's uid is the OpenID provider's. */
export interface Sessions {
  proofs(sessionUid: string): Promise<readonly Proof[]>;
  /** The browser sessions that have proven this user, each with its proofs; not what applications were given. */
  ofUser(userId: string): Promise<readonly { readonly sessionUid: string; readonly proofs: readonly Proof[] }[]>;
  add(sessionUid: string, proofs: readonly Proof[], expires: Date): Promise<void>;
  /** Copies the proofs of one session to another name, beside those that are there. Answers what was copied. */
  copy(from: string, to: string, expires: Date): Promise<readonly Proof[]>;
  end(sessionUid: string): Promise<void>;
}

/** What outlives the request of a sign-in: sessions of browsers, what applications were given, and the proofs of both. */
export interface LiveSignIns {
  /** Keeps the certificate behind a proof for as long as a proof may live, so that it can be evaluated again. DER. */
  noteCertificate(certificate: SessionCertificate, expires: Date): Promise<void>;
  /** The certificate that was kept under this key, as DER; undefined where there is none. */
  certificate(key: string): Promise<Uint8Array | undefined>;
  /** Certificates that sessions, grants and primary refresh tokens of this moment rest on. */
  certificates(): Promise<readonly SessionCertificate[]>;
  /**
   * Ends every session, grant and primary refresh token of a user, and refuses what was proven before `at` (REV-2, REV-4). One transaction with
   * its audit row. Throws `nothingFound`.
   */
  endOfUser(userId: string, at: Date, actor: string): Promise<Ended>;
  /** Ends every session, grant and primary refresh token that rests on a certificate; the person may sign in with another at once. */
  endOfCertificate(key: string, why: Because, actor: string): Promise<Ended>;
  /** Ends every grant of an application, and with it its refresh tokens. Answers how many there were. */
  endOfApplication(appId: string): Promise<number>;
  /** Ends the remaining sessions and grants of users who were disabled or deleted. */
  endOfGone(actor: string): Promise<Ended>;
  /** Ends one session of a browser, as its person wishes; what applications were given for later stays. */
  endSession(sessionUid: string): Promise<Ended>;
  /** Applications that still have to be notified of a session's end, the longest due first. Each is handed to one caller. */
  takeNotices(at: Date, top: number): Promise<readonly LogoutNotice[]>;
  /** The application was notified, or does not want notices. */
  dropNotice(id: string): Promise<void>;
}

/** What the OpenID provider answers. */
export interface ProviderAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body: string;
}

/** What the sign-in pages need of the OpenID provider. */
export interface Interactions {
  /** The interaction whose cookie this browser holds and whose uid the path names; undefined otherwise. */
  find(req: IncomingMessage, res: ServerResponse): Promise<Interaction | undefined>;
  /**
   * Ends it, and continues with the authorization request in the same process; the proofs join the session. What `req` proves of a
   * device counts. Answers what the browser gets: back to the application, an error, or once more to the pages; undefined where
   * the interaction has ended. Of several requests at once, one ends it.
   */
  finish(req: IncomingMessage, res: ServerResponse, result: InteractionResult): Promise<ProviderAnswer | undefined>;
  /** The person chose the account that is signed in: continues with its session, for which policy is evaluated as usual. Answers as `finish`. */
  stay(req: IncomingMessage, res: ServerResponse): Promise<ProviderAnswer | undefined>;
  /** Who is signed in in this browser, tenant by tenant. */
  sessions(req: IncomingMessage, res: ServerResponse): Promise<readonly BrowserSession[]>;
}
