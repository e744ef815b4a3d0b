import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import type { ClientAppType } from '#core/access/policy.ts';
import type { Application } from '#model/application.ts';

/** What every endpoint knows of the request: for the log, for policy, never for deciding who the user is. */
export interface SignInRequest {
  readonly correlationId: string;
  readonly application: Pick<Application, 'appId' | 'displayName'>;
  readonly resourceId: string;
  readonly ipAddress: string;
  readonly userAgent: string;
  /** As typed on the user-name page; may be empty. */
  readonly username: string;
  /** What kind of client asks; a browser when absent. */
  readonly clientAppType?: ClientAppType;
  /** Authentication contexts a claims challenge asks for; policies apply because of them, and they become `acrs` (TOK-6). */
  readonly authenticationContexts?: readonly string[];
  /** The live session of the login host that the sign-in began in, if any. */
  readonly sessionUid?: string;
  /** `sid` of the tokens of the session, or of the session that the sign-in begins. */
  readonly sessionId?: string | undefined;
  /** The browser's live session: where its own user signs in again, it continues. */
  readonly browserSession?: { readonly userId: string; readonly sessionId: string };
  /** `uti` of the access token that is made in the same request, or at the end of the sign-in. */
  readonly uniqueTokenIdentifier?: string | undefined;
  /** The registered device that proved itself in this very request; absent where none did. */
  readonly device?: DeviceFacts | undefined;
  /** The token that the request rests on; absent where it rests on none. */
  readonly incomingTokenType?: 'primaryRefreshToken' | undefined;
  /** A digest of the browser's own secret, by which it is known again; absent where it keeps no cookie yet. */
  readonly browser?: string;
}
