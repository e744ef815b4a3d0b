import { Hono } from 'hono';
import { CardeaError } from '../../core/trace/fault.ts';
import { isFaultReason } from '../../core/trace/faults.ts';
import { type Because, because } from '../../core/trace/reasons.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { Language } from '../../languages/language.ts';
import { houseBrand } from '../../pages/page.ts';
import { refusedResponse } from '../../pages/refused.ts';
import type { Flow, Ports } from '../../ports.ts';
import type { Visit } from '../../signin/asked.ts';
import { noteCertificate } from '../../signin/certificate-noted.ts';
import { handOver } from '../../signin/handoff.ts';
import { record } from '../../signin/record.ts';
import { signInWithCertificate } from '../../signin/with-certificate.ts';
import { brandOf } from '../branding.ts';
import { type Env, type House, languageOf, remoteAddress } from '../door.ts';
import { askedIn, provenSoFar } from '../login/attending.ts';
import { type Presented, presentedBy } from './presented.ts';

/**
 * The certauth host: one question, asked with the certificate of this very handshake (FLOW-6 … FLOW-10). The connection
 * is closed with the answer, so the next attempt is a new handshake.
 */
export function certauthDoor(house: House): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/:tenant/certauth/:flow', async (c) => {
    const language = languageOf(c);
    const tenant = await house.tenants.find(c.req.param('tenant'));
    if (!tenant)
      return refuse(house, language, because('tenantUnknown', { tenant: c.req.param('tenant').slice(0, 64) }));
    const ports = await house.portsOf(tenant.id);
    const at = ports.clock.now();
    const flow = await ports.flows.find(c.req.param('flow'), at);
    if (!flow) return refuse(house, language, because('flowUnknown', { parameter: 'flow token' }));
    const visit = visitOf(flow, c.env.incoming, c.req.header('user-agent') ?? '');
    const presented = sentOr(c.env.incoming, house);
    if (presented && 'code' in presented) return showRefusal(house, { ports, flow, language, at }, presented);
    const proofs = await provenSoFar(flow, ports);
    const asked = { ...visit, host: c.req.header('host') ?? '', presented, proofs };
    const verdict = await record(visit, await signInWithCertificate(asked, ports, at), at, ports.signInLog, {
      isInteractive: true,
      presented: presented?.leaf,
    });
    if (presented && verdict.kind !== 'refused') await noteCertificate(presented.leaf, verdict.proofs, ports, at);
    return answer(house, { ports, flow, language, at }, verdict);
  });
  return app;
}

/** The certificate of the person, nothing, or why what came is not taken. */
function sentOr(request: Env['Bindings']['incoming'], { certificateProxies }: House): Presented | Because | undefined {
  try {
    return presentedBy(request, certificateProxies);
  } catch (problem) {
    if (problem instanceof CardeaError) return problem.because;
    throw problem;
  }
}

interface Asking {
  readonly ports: Ports;
  readonly flow: Flow;
  readonly language: Language;
  readonly at: Date;
}

async function answer(house: House, asking: Asking, verdict: Verdict): Promise<Response> {
  const { ports, flow, at } = asking;
  if (verdict.kind === 'refused') {
    if ('fault' in verdict) house.onFault(verdict.fault, flow.correlationId);
    return showRefusal(house, asking, verdict.because);
  }
  if (verdict.kind === 'interrupted' && !verdict.ask.methods?.length)
    return showRefusal(house, asking, verdict.because);
  // What was proven before is the login host's already; it asks for whatever policy still wants.
  const proof = verdict.proofs.at(-1)!;
  const { interactionUid } = flow;
  const handoff = await handOver(ports.handoffs, { interactionUid, userId: proof.userId, proofs: [proof] }, at);
  const next = `${house.loginOrigin}/login/${interactionUid}/complete?handoff=${handoff}`;
  return new Response(null, {
    status: 303,
    headers: { location: next, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' },
  });
}

async function showRefusal(house: House, asking: Asking, reason: Because): Promise<Response> {
  const { ports, flow, at, language } = asking;
  const login = `${house.loginOrigin}/login/${flow.interactionUid}`;
  const response = await refusedResponse(
    {
      because: reason,
      correlationId: flow.correlationId,
      at,
      brand: isFaultReason(reason) ? houseBrand : await brandOf(ports), // a brand is in the database
      language,
      assetsOrigin: house.loginOrigin,
      username: flow.username,
      waysOut: { anotherCertificate: `${login}/certificate`, otherWays: `${login}/methods` },
    },
    403,
  );
  response.headers.set('connection', 'close');
  return response;
}

async function refuse(house: House, language: Language, reason: Because): Promise<Response> {
  const [correlationId, at] = [crypto.randomUUID(), house.clock.now()];
  const about = { because: reason, correlationId, at, brand: houseBrand, language };
  const waysOut = { startAgain: `${house.loginOrigin}/` };
  const response = await refusedResponse({ ...about, waysOut, assetsOrigin: house.loginOrigin }, 400);
  response.headers.set('connection', 'close');
  return response;
}

function visitOf(flow: Flow, incoming: Env['Bindings']['incoming'], userAgent: string): Visit {
  return {
    correlationId: flow.correlationId,
    application: { appId: flow.appId, displayName: flow.appDisplayName },
    resourceId: flow.resourceId,
    ipAddress: remoteAddress(incoming),
    userAgent,
    username: flow.username ?? '',
    ...askedIn(flow),
  };
}
