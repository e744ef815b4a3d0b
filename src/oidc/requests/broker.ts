import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'hono/utils/cookie';
import { readPrimaryTokenText } from '#core/device/primary-token-text.ts';
import { because } from '#core/trace/reasons.ts';
import type { Broker } from '#signin/device/broker.ts';
import { credentialsIn } from '#signin/device/browser-credentials.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { answerDeviceToken } from '../broker/token-requests.ts';
import { provide } from '../provider/internals/configuration.ts';
import type { OidcOptions } from '../provider/options.ts';
import { refuse, sendJson } from './replies.ts';
import type { Opened, Request } from './request.ts';

/** What needs no tenant: a nonce, and the refusal of a primary refresh token that no session key signed. True when it is answered. */
export async function isAnsweredForDevice(
  options: OidcOptions,
  req: IncomingMessage,
  res: ServerResponse,
  form: TokenForm,
): Promise<boolean> {
  const nonce = options.broker?.nonceFor(form.fields.grant_type);
  if (nonce !== undefined) sendJson(res, 200, { Nonce: nonce });
  if (nonce !== undefined) return true;
  if (!readPrimaryTokenText(form.fields.refresh_token)) return false;
  await refuse(options, req, res, {
    status: 400,
    error: 'invalid_grant',
    reason: because('primaryRefreshTokenBare', {}),
  });
  return true;
}

/** Answers a signed request of a device (windows-sign-in §3). */
export function answerBroker(
  options: OidcOptions,
  broker: Broker,
  handle: Opened,
  { req, res, tenant, form, version = 2 }: Request & { readonly form: TokenForm },
): Promise<void> {
  const request = { req, res, form, tenantName: tenant, version };
  return answerDeviceToken(
    broker,
    request,
    { ...handle, publicOrigin: options.publicOrigin },
    {
      refuse: (refusal) => refuse(options, req, res, refusal),
      json: (body) => sendJson(res, 200, body),
      provide: (inner) => provide(handle.provider, inner, res),
    },
  );
}

/** The tenant that a credential of the device names, where the browser brings one. */
export async function tenantOfCredential(
  { broker, tenants }: OidcOptions,
  req: IncomingMessage,
): Promise<string | undefined> {
  const { refreshToken, device } = credentialsIn(req.headers, parse(req.headers.cookie ?? ''));
  const credential = refreshToken ?? device;
  if (!broker || credential === undefined) return undefined;
  const id = broker.tenantIdIn(credential);
  return id === undefined ? undefined : (await tenants.find(id))?.id;
}

/** A signed request at `common` names its tenant by the certificate of the device, or by its primary refresh token. */
export async function tenantOfDevice({ broker, tenants }: OidcOptions, form: TokenForm): Promise<string | undefined> {
  const id = broker?.tenantIdIn(form.fields.request ?? '');
  return id === undefined ? undefined : (await tenants.find(id))?.id;
}
