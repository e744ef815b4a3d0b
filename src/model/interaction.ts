import type { ClientAppType } from '#core/access/policy.ts';
import type { Proof } from '#core/access/proof.ts';
import type { Because } from '#core/trace/reasons.ts';

/** One authorization request for which the sign-in pages are shown. */
export interface Interaction {
  readonly uid: string;
  readonly tenantId: string;
  readonly appId: string;
  readonly appDisplayName: string;
  readonly resourceId: string;
  readonly loginHint: string | undefined;
  /** The request said which domain its person is of. */
  readonly domainHint: string | undefined;
  /** Why the pages are shown: `login`, `select_account` or `conditional_access`. */
  readonly prompt: string;
  /** Where the answer will go in the end: named in form-action, because browsers follow forms there. */
  readonly redirectUri: string;
  readonly correlationId: string;
  /** Tags of the languages the application asked for (`mkt`, `ui_locales`), the first preferred; may be empty. */
  readonly languages: string;
  /** Why the provider asks again, when it does. */
  readonly reason: Because | undefined;
  /** This browser's live session of the tenant, if a user is signed in. */
  readonly session: { readonly uid: string; readonly userId: string } | undefined;
  readonly clientAppType: ClientAppType;
  /** Authentication contexts the request asks for (a claims challenge). */
  readonly authenticationContexts: readonly string[];
}

/** A live session of this browser on the login host. */
export interface BrowserSession {
  readonly tenantId: string;
  readonly uid: string;
  readonly userId: string;
}

/** How an interaction ends: with a user (`remember`: whether the session outlives the browser; as before when absent), or with an error for the application. */
export type InteractionResult =
  | { readonly userId: string; readonly proofs: readonly Proof[]; readonly remember?: boolean | undefined }
  | { readonly error: string; readonly error_description: string };
