import { formPost } from '#pages/form-post.ts';
import { handOver } from '#signin/handoff.ts';
import { noteCertificateRequested } from '#signin/log/certificate-requested.ts';
import { brandOf } from '../branding.ts';
import { evaluatePresentedCertificate } from '../certauth/presented-certificate.ts';
import { foreignForm, isForeignForm } from '../same-origin-forms.ts';
import type { ServerContext } from '../server-context.ts';
import { type C, type SignInPageContext, signInRequestWithoutCookies, unproven } from '../sign-in/page-context.ts';
import { refusalResponse } from './answers.ts';
import { fieldsOf, nextToken, type ScriptedStep, stepOf } from './scripted-context.ts';

/**
 * The certificate of this handshake, for the sign-in that `ctx` and `flowToken` name (windows-sign-in §4.2, step 3). The
 * answer is a form that continues to the login host with a certificate token: the one-use handoff of the pages.
 */
export async function takeCertauth(context: ServerContext, c: C): Promise<Response> {
  const response = await answer(context, c);
  response.headers.set('connection', 'close');
  return response;
}

async function answer(context: ServerContext, c: C): Promise<Response> {
  if (await isForeignForm(context, c)) return refusalResponse(context, c, foreignForm(c));
  const stepRuling = await stepOf(context, c, await fieldsOf(c));
  if (stepRuling.outcome !== 'passed') return refusalResponse(context, c, stepRuling.because);
  const step = stepRuling.value;
  const signIn = await withName(step);
  const { ports, flow, interaction } = signIn;
  const signInRequest = { ...signInRequestWithoutCookies(c, flow), host: c.req.header('host') ?? '' };
  await noteCertificateRequested(signInRequest, signIn);
  // Entries are ordered by time, and the question comes before its answer.
  const at = new Date(signIn.at.getTime() + 1);
  const ruling = await evaluatePresentedCertificate(context, c, flow, { ports, at });
  if (ruling.outcome !== 'passed') return refusalResponse(context, c, ruling.because, { step, signIn });
  const verdict = ruling.value;
  if (verdict.kind === 'refused' && 'fault' in verdict) context.onFault(verdict.fault, flow.correlationId);
  const isProven = verdict.kind === 'granted' || (verdict.kind === 'interrupted' && verdict.ask.methods?.length);
  if (!isProven) return refusalResponse(context, c, verdict.because, { step, signIn });
  const proof = verdict.proofs.at(-1)!;
  const to = { interactionUid: interaction.uid, userId: proof.userId, proofs: [proof] };
  const { html, headers } = await formPost({
    brand: await brandOf(ports, signIn.language.tag),
    language: signIn.language,
    action: `${context.loginOrigin}/${step.flow.tenantId}/login`,
    fields: {
      ctx: step.ctx,
      flowtoken: nextToken(context, step, signIn),
      certificatetoken: await handOver(to, { ports, at }),
    },
    assetsOrigin: context.loginOrigin,
  });
  // The login host reads from the origin of the form that it is of this host; `same-origin` would hide it.
  return new Response(html, { headers: { ...headers, 'referrer-policy': 'strict-origin' } });
}

/** At the first factor the name is the one that GetCredentialType was asked about. */
async function withName({ signIn, token }: ScriptedStep): Promise<SignInPageContext> {
  const { flow, ports } = signIn;
  if (token.proofs > 0 || token.username === undefined || token.username === flow.username) return signIn;
  const nextFlow = { ...unproven(flow), username: token.username };
  await ports.flows.put(nextFlow);
  return { ...signIn, flow: nextFlow };
}
