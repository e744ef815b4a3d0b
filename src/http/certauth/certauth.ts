import { Hono } from 'hono';
import { isFaultReason } from '#core/trace/faults.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Verdict } from '#core/verdict.ts';
import type { Language } from '#languages/language.ts';
import type { Flow } from '#model/sign-in.ts';
import { defaultBrand } from '#pages/page.ts';
import { refusedResponse } from '#pages/refused.ts';
import type { SignInContext } from '#ports/ports.ts';
import { handOver } from '#signin/handoff.ts';
import { brandOf, brandOfInstallation } from '../branding.ts';
import { takeCertauth } from '../scripted/certauth-step.ts';
import { type Env, languageOf, type ServerContext } from '../server-context.ts';
import { isAdministrator } from '../sign-in/page-context.ts';
import { evaluatePresentedCertificate } from './presented-certificate.ts';

/**
 * The certauth host: one question, asked with the certificate of this very handshake (FLOW-6 … FLOW-10). The connection
 * is closed with the answer, so the next attempt is a new handshake.
 */
export function certauthPages(context: ServerContext): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/:tenant/certauth', (c) => takeCertauth(context, c));
  app.get('/:tenant/certauth/:flow', async (c) => {
    const language = languageOf(c);
    const tenant = await context.tenants.find(c.req.param('tenant'));
    if (!tenant)
      return refuse(context, language, because('tenantUnknown', { tenant: c.req.param('tenant').slice(0, 64) }));
    const ports = await context.portsOf(tenant.id);
    const at = ports.clock.now();
    const flow = await ports.flows.find(c.req.param('flow'), at);
    if (!flow) return refuse(context, language, because('flowUnknown', { parameter: 'flow token' }));
    const ruling = await evaluatePresentedCertificate(context, c, flow, { ports, at });
    const request = { ports, flow, language, at };
    if (ruling.outcome !== 'passed') return showRefusal(context, request, ruling.because);
    return answer(context, request, ruling.value);
  });
  return app;
}

interface CertauthRequest extends SignInContext {
  readonly flow: Flow;
  readonly language: Language;
}

async function answer(context: ServerContext, request: CertauthRequest, verdict: Verdict): Promise<Response> {
  const { flow } = request;
  if (verdict.kind === 'refused') {
    if ('fault' in verdict) context.onFault(verdict.fault, flow.correlationId);
    return showRefusal(context, request, verdict.because);
  }
  if (verdict.kind === 'interrupted' && !verdict.ask.methods?.length)
    return showRefusal(context, request, verdict.because);
  // What was proven before is the login host's already; it asks for whatever policy still wants.
  const proof = verdict.proofs.at(-1)!;
  const { interactionUid } = flow;
  const handoff = await handOver({ interactionUid, userId: proof.userId, proofs: [proof] }, request);
  const next = `${context.loginOrigin}/login/${interactionUid}/complete?handoff=${handoff}`;
  return new Response(null, {
    status: 303,
    headers: { location: next, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' },
  });
}

async function showRefusal(context: ServerContext, request: CertauthRequest, reason: Because): Promise<Response> {
  const { ports, flow, at, language } = request;
  const login = `${context.loginOrigin}/login/${flow.interactionUid}`;
  const response = await refusedResponse(
    {
      because: reason,
      correlationId: flow.correlationId,
      at,
      brand: isFaultReason(reason) ? defaultBrand : await brandOf(ports, language.tag), // a brand is in the database
      language,
      assetsOrigin: context.loginOrigin,
      username: flow.username,
      isAdministrator: !isFaultReason(reason) && (await isAdministrator(flow, ports)),
      waysOut: { anotherCertificate: `${login}/certificate`, otherWays: `${login}/methods` },
    },
    403,
  );
  response.headers.set('connection', 'close');
  return response;
}

async function refuse(context: ServerContext, language: Language, reason: Because): Promise<Response> {
  const [correlationId, at] = [crypto.randomUUID(), context.clock.now()];
  const about = { because: reason, correlationId, at, brand: await brandOfInstallation(context), language };
  const waysOut = { startAgain: `${context.loginOrigin}/` };
  const response = await refusedResponse({ ...about, waysOut, assetsOrigin: context.loginOrigin }, 400);
  response.headers.set('connection', 'close');
  return response;
}
