import { getCookie } from 'hono/cookie';
import { because } from '#core/trace/reasons.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { credentialsIn, hasCredential } from '#signin/device/browser-credentials.ts';
import { queryOf } from '../forms/reader.ts';
import { resumeQuery } from '../forms/scripted.ts';
import type { ServerContext } from '../server-context.ts';
import type { C } from '../sign-in/page-context.ts';
import { configResponse, refusalResponse } from './answers.ts';
import { endByDevice, firstConfig, secondFactorOf } from './onward.ts';
import { contextOf, fieldsOf, interactionOf, type ScriptedStep } from './scripted-context.ts';

/**
 * `/resume` and `/reprocess`: the sign-in that `ctx` names continues (windows-sign-in §3.12). With a primary refresh token of
 * the device it ends; without one the answer is `$Config` of the step that it is at. A device that did not sign a nonce gets
 * one in the same address.
 */
export async function takeResume(context: ServerContext, c: C): Promise<Response> {
  const query = queryOf(c, resumeQuery);
  const posted = c.req.method === 'POST' ? (await fieldsOf(c)).ctx : undefined;
  const ctx = posted ?? query.ctx ?? query.request ?? '';
  const ruling = await contextOf(context, c, ctx);
  if (ruling.outcome !== 'passed') return refusalResponse(context, c, ruling.because);
  const flow = ruling.value;
  if (!(await interactionOf(context, c, flow)))
    return refusalResponse(context, c, because('flowUnknown', { parameter: 'ctx' }));
  // Read of the request as the pages see it: where the server asks in place of the client, the device was evaluated before.
  const isOfDevice = hasCredential(credentialsIn(c.req.header(), getCookie(c)));
  const signOn = isOfDevice ? await context.signOn(c.env.incoming, flow.tenantId) : undefined;
  if (signOn?.kind === 'session') return endByDevice(context, c, flow);
  const nonce = signOn?.kind === 'challenge' ? signOn.nonce : undefined;
  if (nonce !== undefined && c.req.method === 'GET' && query.sso_nonce === undefined)
    return c.redirect(withNonce(c, nonce), 302);
  const factor = await secondFactorOf(context, c, flow);
  return configResponse(context, c, factor ?? firstConfig(context, flow, nonce));
}

function withNonce(c: C, nonce: string): string {
  const url = new URL(c.req.url);
  url.searchParams.set('sso_nonce', nonce);
  return url.pathname + url.search;
}

/** A step without anything typed in it continues with the primary refresh token of the device. Refuses with parameterMissing. */
export async function takeDevice(context: ServerContext, c: C, step: ScriptedStep): Promise<Ruling<Response>> {
  const signOn = await context.signOn(c.env.incoming, step.flow.tenantId);
  if (signOn?.kind === 'session') return success(await endByDevice(context, c, step.flow));
  return refused('parameterMissing', { parameters: 'certificatetoken, passwd' });
}
