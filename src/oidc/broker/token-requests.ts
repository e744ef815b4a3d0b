import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Broker, BrokerAnswer, BrokerRedemption } from '#signin/device/broker.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { requestWith } from '../endpoints/body.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import type { TenantContext } from '../provider/options.ts';
import { translateToken } from '../provider/translate.ts';
import { deviceAccessToken } from './device-access-token.ts';
import { fromFirstVersion } from './first-version.ts';
import { mintRefreshToken, sourceOfDevice } from './redeem.ts';

/** A token request of a device, and where its answer goes. */
export interface DeviceTokenRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly form: TokenForm;
  /** The tenant segment of the path. */
  readonly tenantName: string;
  readonly version: 1 | 2;
}

/** What the endpoint does with a refusal and with a body. */
export interface Replies {
  refuse(refusal: { readonly status: number; readonly error: string; readonly reason: Because }): Promise<void>;
  json(body: unknown): void;
  provide(req: IncomingMessage): Promise<void>;
}

/** Answers a token request that is one of a device (windows-sign-in §3). */
export async function answerDeviceToken(
  broker: Broker,
  request: DeviceTokenRequest,
  {
    provider,
    context,
    publicOrigin,
  }: { readonly provider: Provider; readonly context: TenantContext; readonly publicOrigin: string },
  replies: Replies,
): Promise<void> {
  const { req, form, tenantName, version } = request;
  const answer = await broker.answer(
    {
      form,
      version,
      tenantName,
      ipAddress: remoteAddress(req),
      userAgent: String(req.headers['user-agent'] ?? ''),
      correlationId: notesOf(req).correlationId,
    },
    context.tenant.id,
  );
  if (answer.kind === 'redeem') return redeem(answer, request, { provider, context }, replies);
  if (answer.kind === 'deviceToken') {
    const ruling = await deviceAccessToken(answer, { publicOrigin, context });
    if (ruling.outcome === 'passed') return replies.json(ruling.value);
    const { because: reason } = ruling;
    const error = reason.code === 'applicationUnknown' ? 'unauthorized_client' : 'invalid_resource';
    return replies.refuse({ status: 400, error, reason });
  }
  return reply(answer, request, replies);
}

function reply(
  answer: Exclude<BrokerAnswer, { kind: 'redeem' | 'deviceToken' }>,
  { res }: DeviceTokenRequest,
  { refuse, json }: Replies,
): Promise<void> | void {
  switch (answer.kind) {
    case 'plain':
      return json(answer.body);
    case 'encrypted':
      return sendEncrypted(res, answer.text);
    case 'refused':
      return refuse({ status: 400, error: answer.error, reason: answer.because });
  }
}

/** Brokers expect the media type of JSON for a JWE as well (windows-sign-in §3.9). */
function sendEncrypted(res: ServerResponse, text: string): void {
  res.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    pragma: 'no-cache',
  });
  res.end(text);
}

/** Tokens for an application: its new refresh token is redeemed at once, by the same code as every other. */
async function redeem(
  redemption: BrokerRedemption,
  { req, form: outer, version }: DeviceTokenRequest,
  { provider, context }: { readonly provider: Provider; readonly context: TenantContext },
  { refuse, provide }: Replies,
): Promise<void> {
  const { session } = redemption;
  const clientId = redemption.form.fields.client_id ?? '';
  const refreshToken = await mintRefreshToken(provider, sourceOfDevice(session), clientId, context);
  if (refreshToken === undefined) {
    const reason = because('applicationUnknown', { appId: clientId.slice(0, 100), tenant: context.tenant.displayName });
    return refuse({ status: 400, error: 'unauthorized_client', reason });
  }
  try {
    const ruling = translateToken(renewalOf(redemption, outer, version, refreshToken));
    if (ruling.outcome !== 'passed')
      return await refuse({ status: 400, error: 'invalid_scope', reason: ruling.because });
    const notes = notesOf(req);
    const [resource] = redemption.form.fields.resource;
    notes.deviceSession = session;
    notes.answerShape = { version, resource, isTokenless: version === 1 && !resource, encrypt: redemption.encrypt };
    req.headers.accept = 'application/json';
    await provide(requestWith(req, '/oauth2/v2.0/token', ruling.value));
  } finally {
    await context.oidcRecords.destroy('RefreshToken', refreshToken); // it was used up at once, or is of no use
  }
}

/** The form that redeems the refresh token, in the words of version 2. */
function renewalOf(
  { form }: BrokerRedemption,
  { fields: { claims, client_info } }: TokenForm,
  version: 1 | 2,
  refreshToken: string,
): TokenForm {
  const request = version === 1 ? fromFirstVersion(form, form.fields) : form;
  return request.with({
    redirect_uri: undefined,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...(claims === undefined ? {} : { claims }),
    ...(client_info === undefined ? {} : { client_info }),
  });
}
