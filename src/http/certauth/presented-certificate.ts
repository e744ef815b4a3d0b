import type { Context } from 'hono';
import { CardeaError } from '#core/trace/fault.ts';
import { type Ruling, refusedFor, success } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import type { Flow } from '#model/sign-in.ts';
import type { SignInContext } from '#ports/ports.ts';
import { noteCertificate } from '#signin/log/certificate-noted.ts';
import { writeSignInLog } from '#signin/log/write-sign-in-log.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';
import type { Env, ServerContext } from '../server-context.ts';
import { provenSoFar, signInRequestWithoutCookies } from '../sign-in/page-context.ts';
import { type Presented, presentedBy } from './presented.ts';

/**
 * The question of the certauth host, asked with the certificate of this very handshake; its entry is written. Refuses where what came
 * is not taken for a certificate of the person.
 */
export async function evaluatePresentedCertificate(
  context: ServerContext,
  c: Context<Env>,
  flow: Flow,
  signIn: SignInContext,
): Promise<Ruling<Verdict>> {
  const signInRequest = signInRequestWithoutCookies(c, flow);
  const certificateRuling = certificateIn(c.env.incoming, context);
  if (certificateRuling.outcome !== 'passed') return certificateRuling;
  const clientCertificate = certificateRuling.value;
  const proofs = await provenSoFar(flow, signIn.ports);
  const request = { ...signInRequest, host: c.req.header('host') ?? '', presented: clientCertificate, proofs };
  const verdict = await writeSignInLog(signInRequest, await signInWithCertificate(request, signIn), signIn, {
    isInteractive: true,
    presented: clientCertificate?.leaf,
  });
  if (clientCertificate && verdict.kind !== 'refused')
    await noteCertificate(clientCertificate.leaf, verdict.proofs, signIn);
  return success(verdict);
}

/** The certificate of the person, or undefined. Refuses as {@link presentedBy}. */
function certificateIn(
  request: Env['Bindings']['incoming'],
  { certificateProxies }: ServerContext,
): Ruling<Presented | undefined> {
  try {
    return success(presentedBy(request, certificateProxies));
  } catch (problem) {
    if (problem instanceof CardeaError) return refusedFor(problem.because);
    throw problem;
  }
}
