import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { publicFault } from '#core/trace/faults.ts';
import { shapeAnswer } from '../broker/answer-shape.ts';
import { deviceAnswer, pollSeconds } from '../device-code/device-flow.ts';
import { applicationCheckOf } from '../endpoints/application-check.ts';
import { errorPage } from '../endpoints/pages.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { tokenResponse } from '../tokens/access-token.ts';
import { RefreshTokenReplay } from '../tokens/refresh-token-replay.ts';
import { mutualTlsTokenType } from './client-certificate.ts';
import { errorBody } from './error-body.ts';
import { errorThrown, noteError, situationOf } from './error-situation.ts';
import { errorWord, explainError, faultIn, type ProviderError } from './internals/explain-error.ts';
import type { OidcOptions, TenantContext } from './options.ts';

/** What is thrown outside the provider's own handlers: a fault, or an interaction that has ended. Koa would answer it in its own words. */
export async function answerThrown(
  ctx: KoaContextWithOIDC,
  thrown: ProviderError,
  options: OidcOptions,
  context: TenantContext,
): Promise<void> {
  const fault = faultIn(thrown);
  if (fault === undefined && !(thrown instanceof errors.SessionNotFound)) throw thrown;
  noteError(ctx.req, thrown);
  for (const name of ['location', 'set-cookie']) ctx.remove(name); // they may name a code and a session that are not stored
  const { correlationId } = notesOf(ctx.req);
  if (fault === undefined) ctx.status = 400;
  else options.log({ event: 'fault', tenantId: context.tenant.id, correlationId, detail: 'serviceUnavailable', fault });
  await renderError(ctx, thrown, options, context);
}

/** `slow_down` for a device that polls before its interval is over, on whichever node (RFC 8628 §3.5). */
export async function slowDownWherePolledTooFast(
  ctx: KoaContextWithOIDC,
  { oidcRecords }: TenantContext,
): Promise<void> {
  if (ctx.oidc?.route !== 'token' || errorThrown(ctx.req)?.error !== 'authorization_pending') return;
  const deviceCode = String(ctx.oidc.params?.device_code);
  if (!(await oidcRecords.isPolledTooFast('DeviceCode', deviceCode, pollSeconds))) return;
  noteError(ctx.req, new errors.SlowDown('polled before the interval was over'));
}

/** No tokens of a grant that a replay has ended meanwhile; a replay has an entry in the sign-in log. */
export async function refuseWhereGrantEnded(
  ctx: KoaContextWithOIDC,
  options: OidcOptions,
  context: TenantContext,
): Promise<void> {
  if (ctx.oidc?.route !== 'token') return;
  const userId = notesOf(ctx.req).replayedFor;
  if (userId !== undefined) return options.noteReplay({ ...(await applicationCheckOf(ctx, options, context)), userId });
  if (errorThrown(ctx.req)) return;
  if (!(await new RefreshTokenReplay(context.oidcRecords, context.clock).wasEndedMeanwhile(ctx))) return;
  noteError(ctx.req, new errors.InvalidGrant('refresh token already used'));
  ctx.status = 400;
}

/** Errors and answers of the token endpoint in Entra's shape. */
export function finishTokenAnswer(ctx: KoaContextWithOIDC, options: OidcOptions, context: TenantContext): void {
  const route = ctx.oidc?.route;
  if (route !== 'token' && route !== 'device_authorization') return;
  const body = ctx.body as Record<string, unknown> | undefined;
  const thrown = errorThrown(ctx.req);
  if (!thrown) {
    if (body?.device_code) ctx.body = deviceAnswer(body, notesOf(ctx.req).answerShape?.version ?? 2);
    if (body?.access_token) ctx.body = tokenResponse(ctx, body, context);
    if (notesOf(ctx.req).wantsBoundToken && body?.access_token)
      ctx.body = { ...(ctx.body as object), token_type: mutualTlsTokenType };
    if (body?.access_token) withhold(ctx);
    const { answerShape } = notesOf(ctx.req);
    if (answerShape && body?.access_token) shapeAnswer(ctx, answerShape, context.clock.now());
    return;
  }
  const reason = explainError(thrown, situationOf(ctx, context));
  const fault = faultIn(thrown);
  const publicly = fault === undefined ? undefined : publicFault(fault);
  if (publicly) ctx.set(publicly.headers);
  const word = publicly?.error ?? thrown.error ?? 'invalid_request';
  const status = publicly?.status ?? ctx.status;
  ctx.body = errorBody(errorWord(word, reason), reason, {
    notes: notesOf(ctx.req),
    at: context.clock.now(),
    publicOrigin: options.publicOrigin,
  });
  ctx.type = 'json';
  ctx.status = reason.code === 'applicationUnknown' ? 400 : status;
}

/** Leaves out what the request did not ask for. */
function withhold(ctx: KoaContextWithOIDC): void {
  const { withheld } = notesOf(ctx.req);
  const body = ctx.body as Record<string, unknown>;
  if (!withheld) return;
  if (withheld.names.includes('refresh_token')) withheld.refreshToken = String(body.refresh_token);
  ctx.body = Object.fromEntries(Object.entries(body).filter(([name]) => !withheld.names.includes(name)));
}

/** The page of an error that is shown to the person. */
export async function renderError(
  ctx: KoaContextWithOIDC,
  error: ProviderError,
  options: OidcOptions,
  context: TenantContext,
): Promise<void> {
  const reason = explainError(error, situationOf(ctx, context));
  const notes = notesOf(ctx.req);
  options.log({
    event: 'refused',
    tenantId: context.tenant.id,
    correlationId: notes.correlationId,
    detail: `page shown: ${reason.code}`,
  });
  const fault = faultIn(error);
  const publicly = fault === undefined ? undefined : publicFault(fault);
  if (publicly) {
    ctx.status = publicly.status;
    ctx.set(publicly.headers);
  }
  const request = { req: ctx.req, brand: publicly ? undefined : await context.brand() }; // a brand is in the database
  const { html, headers } = await errorPage(request, reason, context.clock.now());
  ctx.set(headers as Record<string, string>);
  ctx.body = html;
}
