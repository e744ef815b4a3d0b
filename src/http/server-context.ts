import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { ClientAppType } from '#core/access/policy.ts';
import type { Proof } from '#core/access/proof.ts';
import type { Because } from '#core/trace/reasons.ts';
import { chooseLanguage } from '#languages/choose.ts';
import type { Language } from '#languages/language.ts';
import { clientOf } from '#net/limits.ts';
import type { Clock } from '#ports/clock.ts';
import type { Ports } from '#ports/ports.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { NextHost } from './certauth/hosts.ts';
import type { TrustedProxies } from './certauth/presented.ts';

/** What hono hands a handler besides the request: the sockets below it. */
export interface Env {
  Bindings: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse };
}

/** One visit of the OpenID provider to our pages. */
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
  /** This browser's live session of the tenant, if somebody is signed in. */
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

/** The functions of the OpenID provider that pages need; `main.ts` hands them in. */
export interface Interactions {
  /** The interaction whose cookie this browser holds and whose uid the path names; undefined otherwise. */
  find(req: IncomingMessage, res: ServerResponse): Promise<Interaction | undefined>;
  /** Ends it; answers where to send the browser next. The proofs join the session when the browser gets there. */
  finish(req: IncomingMessage, res: ServerResponse, result: InteractionResult): Promise<string>;
  /** The person chose the account that is signed in: goes on with its session, which policy is asked about as ever. */
  stay(req: IncomingMessage, res: ServerResponse): Promise<string>;
  /** Who is signed in in this browser, tenant by tenant. */
  sessions(req: IncomingMessage, res: ServerResponse): Promise<readonly BrowserSession[]>;
}

/** How a visit ends: somebody signed in (`remember`: beyond the end of the browser, as before when not said), or what the application is told instead. */
export type InteractionResult =
  | { readonly userId: string; readonly proofs: readonly Proof[]; readonly remember?: boolean | undefined }
  | { readonly error: string; readonly error_description: string };

/** What every door of the login and certauth hosts stands on. */
export interface ServerContext {
  /** `https://localhost:8443`: where the login pages live. */
  readonly loginOrigin: string;
  /** The certauth origin of the next handshake. */
  certauthOrigin(next: NextHost): string;
  /** Reverse proxies that may say whose certificate they were shown. */
  readonly certificateProxies: TrustedProxies;
  readonly clock: Clock;
  readonly tenants: Tenants;
  portsOf(tenantId: string): Promise<Ports>;
  readonly interactions: Interactions;
  /** Tells the operator's log of a fault of ours. Never shown. */
  onFault(fault: unknown, correlationId: string): void;
}

/** The language of whoever asks: what the application wished for, else what the browser is set to. */
export function languageOf(c: Context<Env>, wished?: string): Language {
  const uiLocales = wished ?? c.req.query('ui_locales');
  return chooseLanguage({ mkt: c.req.query('mkt'), uiLocales, acceptLanguage: c.req.header('accept-language') });
}

/** The client's address (src/net/limits.ts): of the connection, or what a trusted proxy says. */
export const remoteAddress = clientOf;
