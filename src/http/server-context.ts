import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import { chooseLanguage } from '#languages/choose.ts';
import type { Language } from '#languages/language.ts';
import type { Clock } from '#ports/clock.ts';
import type { FlowSealing } from '#ports/flows.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import type { Interactions } from '#ports/sessions.ts';
import type { Tenants } from '#ports/tenants.ts';
import { languageQuery } from '#schema/form.ts';
import type { NextHost } from './certauth/hosts.ts';
import type { CertificateProxies } from './certauth/presented.ts';
import { queryOf } from './forms/reader.ts';

/** What hono hands a handler besides the request: the sockets below it. */
export interface Env {
  Bindings: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse };
}

/** Asks the sign-in pages instead of the client of a request. */
type AskPages = (path: string, req: IncomingMessage, res: ServerResponse) => Promise<Response>;

/** What speaks OpenID Connect on the login host; `server` hands it in. */
export interface OidcListener {
  handles(url: string): boolean;
  /** Whether this path is one of `mtls_endpoint_aliases`, which are on the certauth host. */
  handlesMutualTls(url: string): boolean;
  listener(req: IncomingMessage, res: ServerResponse, askPages?: AskPages): Promise<void>;
}

/** What a browser proves by its device; `challenge` is a nonce that the client shall sign. */
type DeviceSignOn =
  | { readonly kind: 'session'; readonly session: { readonly device: DeviceFacts } }
  | { readonly kind: 'device'; readonly device: DeviceFacts }
  | { readonly kind: 'challenge'; readonly nonce: string }
  | { readonly kind: 'ignored' };

/** What every listener of the login and certauth hosts needs. */
export interface ServerContext {
  /** `https://localhost:8443`: where the login pages live. */
  readonly loginOrigin: string;
  /** The certauth origin of the next handshake. */
  certauthOrigin(next: NextHost): string;
  /** Reverse proxies that may say whose certificate they were shown. */
  readonly certificateProxies: CertificateProxies;
  readonly clock: Clock;
  readonly tenants: Tenants;
  portsOf(tenantId: string): Promise<Ports & AdminPorts>;
  readonly interactions: Interactions;
  /** What a browser proves by its device in a request (windows-sign-in §3.12); undefined where it brings nothing. */
  signOn(req: IncomingMessage, tenantId: string): Promise<DeviceSignOn | undefined>;
  /** Seals the state of sign-ins of clients that show no pages. */
  readonly flowSealing: FlowSealing;
  /** Tells the operator's log of a fault of ours. Never shown. */
  onFault(fault: unknown, correlationId: string): void;
}

/** The language of the visitor: what the application requested, else what the browser is set to. */
export function languageOf(c: Context<Env>, wished?: string): Language {
  const { mkt, ui_locales } = queryOf(c, languageQuery);
  return chooseLanguage({ mkt, uiLocales: wished ?? ui_locales, acceptLanguage: c.req.header('accept-language') });
}
