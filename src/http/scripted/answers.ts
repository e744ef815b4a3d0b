import { html } from 'hono/html';
import { isFaultReason, retryAfterSeconds } from '#core/trace/faults.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { Interrupted } from '#core/verdict.ts';
import { configPage } from '#pages/config-page.ts';
import { defaultBrand } from '#pages/page.ts';
import { type FlowConfig, flowConfig, refusalConfig } from '#signin/scripted/flow-config.ts';
import { languageOf, type ServerContext } from '../server-context.ts';
import type { C, SignInPageContext } from '../sign-in/page-context.ts';
import { type Way, waysIn } from '../sign-in/second-factor/second-factor-ways.ts';
import { allowList } from './passkey-answer.ts';
import { nextToken, type ScriptedStep } from './scripted-context.ts';

/** Names of authentication methods in `arrUserProofs`, for the ways that a client without the pages can go. */
export const authMethodIds: Partial<Record<Way, string>> = {
  oneTimeCode: 'PhoneAppOTP',
  certificate: 'Certificate',
  approval: 'PhoneAppNotification',
  passkey: 'FidoKey',
};

/** As long as a request to another session is open. */
const polling = { iMaxPollAttempts: 60, iPollingInterval: 3000 };

/** Where a step leads next, in `$Config`. */
export function configOf(
  context: ServerContext,
  step: ScriptedStep,
  signIn: SignInPageContext = step.signIn,
): FlowConfig {
  return flowConfig({
    loginOrigin: context.loginOrigin,
    tenantId: step.flow.tenantId,
    correlationId: signIn.flow.correlationId,
    ctx: step.ctx,
    flowToken: nextToken(context, step, signIn),
  });
}

/** A page with `$Config` and nothing else that a program needs. */
export async function configResponse(
  context: ServerContext,
  c: C,
  config: FlowConfig,
  status = 200,
): Promise<Response> {
  const language = languageOf(c);
  const title = language.say.signIn;
  const { html: text, headers } = await configPage({
    frame: { title, brand: defaultBrand, language, assetsOrigin: context.loginOrigin },
    config,
    body: html`<h1>${title}</h1>`,
  });
  return new Response(text, { status, headers: { ...headers, 'x-ms-request-id': crypto.randomUUID() } });
}

/**
 * A refusal: 200, as clients expect, and 503 for a fault of the service. With `step` the client may try again; without it
 * the sign-in is at its end.
 */
export function refusalResponse(
  context: ServerContext,
  c: C,
  reason: Because,
  {
    step,
    signIn = step?.signIn,
  }: { readonly step?: ScriptedStep; readonly signIn?: SignInPageContext | undefined } = {},
): Promise<Response> {
  const correlationId = signIn?.flow.correlationId ?? crypto.randomUUID();
  const tenantId = step?.flow.tenantId ?? 'common';
  const place = { loginOrigin: context.loginOrigin, tenantId, correlationId };
  const config = {
    ...(step ? configOf(context, step, signIn) : { ...flowConfig(place), pgid: 'ConvergedError' }),
    ...refusalConfig(reason, { correlationId, at: context.clock.now() }),
  };
  return answerOf(context, c, config, reason);
}

async function answerOf(context: ServerContext, c: C, config: FlowConfig, reason: Because): Promise<Response> {
  if (!isFaultReason(reason)) return configResponse(context, c, config);
  const response = await configResponse(context, c, config, 503);
  response.headers.set('retry-after', String(retryAfterSeconds));
  return response;
}

/**
 * Asks for one more factor; undefined where none of the ways that lead on can be gone without the pages. A passkey stands last:
 * few programs can use one, and many take the first.
 */
export async function secondFactorConfig(
  context: ServerContext,
  step: ScriptedStep,
  signIn: SignInPageContext,
  verdict: Interrupted,
): Promise<FlowConfig | undefined> {
  const ways = waysIn(verdict).toSorted((a, b) => Number(a === 'passkey') - Number(b === 'passkey'));
  const ids = ways.flatMap((way) => authMethodIds[way] ?? []);
  if (ids.length === 0) return undefined;
  const base = `${context.loginOrigin}/${step.flow.tenantId}/SAS`;
  return {
    ...configOf(context, step, signIn),
    pgid: 'ConvergedTFA',
    sPOST_Username: signIn.flow.username ?? '',
    urlPost: `${base}/ProcessAuth`,
    urlBeginAuth: `${base}/BeginAuth`,
    urlEndAuth: `${base}/EndAuth`,
    ...polling,
    ...(ways.includes('passkey') ? { arrFidoAllowList: await allowList(signIn) } : {}),
    arrUserProofs: ids.map((authMethodId, i) => ({ authMethodId, isDefault: i === 0, display: '' })),
  };
}

/** Asks whether to stay signed in. */
export const stayConfig = (context: ServerContext, step: ScriptedStep, signIn: SignInPageContext): FlowConfig => ({
  ...configOf(context, step, signIn),
  pgid: 'KmsiInterrupt',
  sPOST_Username: signIn.flow.username ?? '',
  urlPost: `${context.loginOrigin}/kmsi`,
});
