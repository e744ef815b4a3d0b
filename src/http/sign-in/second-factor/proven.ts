import type { Proof } from '#core/access/proof.ts';
import type { Verdict } from '#core/verdict.ts';
import type { PresentedFactor } from '#signin/factors/check-factor.ts';
import { evaluateProofs, signInWithFactor } from '#signin/with-factor.ts';
import { type C, provenSoFar, type SignInPageContext, signInRequestOf, unproven } from '../page-context.ts';

/** A sign-in after something was shown, and what policy says now. */
export interface ProvenStep {
  readonly signIn: SignInPageContext;
  readonly verdict: Verdict;
}

/** What policy says of what the sign-in has proven so far. Writes nothing. */
export async function currentVerdict(c: C, signIn: SignInPageContext, userId: string): Promise<Verdict> {
  const { flow, ports } = signIn;
  return evaluateProofs({ ...signInRequestOf(c, flow), userId, proofs: await provenSoFar(flow, ports) }, signIn);
}

/** Asks policy with what the user has proven elsewhere, where its entry was written, and keeps it where more is wanted. */
export async function addProofs(
  c: C,
  signIn: SignInPageContext,
  userId: string,
  proofs: readonly Proof[],
): Promise<ProvenStep> {
  const { flow, ports } = signIn;
  const isSame = flow.userId === userId;
  const nextFlow = {
    ...(isSame ? flow : unproven(flow)),
    userId,
    proofs: [...((isSame && flow.proofs) || []), ...proofs],
  };
  const next = { ...signIn, flow: nextFlow };
  const verdict = await currentVerdict(c, next, userId);
  if (verdict.kind !== 'granted') await ports.flows.put(nextFlow); // what is granted ends the sign-in, or is stored with its next question
  return { signIn: next, verdict };
}

/** Evaluates what was shown here, writes its entry, and keeps its proof. The sign-in is the same object where nothing was proven. */
export async function showFactorOf(c: C, signIn: SignInPageContext, factor: PresentedFactor): Promise<ProvenStep> {
  const { flow, ports } = signIn;
  const request = {
    ...signInRequestOf(c, flow),
    proofs: await provenSoFar(flow, ports),
    factor,
    ...(flow.userId === undefined ? {} : { userId: flow.userId }),
  };
  const verdict = await signInWithFactor(request, signIn);
  const proof = verdict.kind === 'refused' ? undefined : verdict.proofs.at(-1);
  if (!proof || !verdict.user) return { signIn, verdict };
  const nextFlow: SignInPageContext['flow'] = {
    ...(flow.userId === undefined ? unproven(flow) : flow),
    username: flow.username ?? verdict.user.userPrincipalName, // a passkey names its user
    userId: verdict.user.id,
    proofs: [...(flow.userId === undefined ? [] : (flow.proofs ?? [])), proof],
  };
  await ports.flows.put(nextFlow);
  return { signIn: { ...signIn, flow: nextFlow }, verdict };
}

/** MRU-1 is about the first factor: a further one, also beside a live session, changes nothing. */
export async function rememberFirstMethod(
  { flow, ports }: SignInPageContext,
  result: { readonly userId: string; readonly proofs: readonly Proof[] },
): Promise<void> {
  const method = flow.sessionUid === undefined ? result.proofs[0]?.method : undefined;
  if (method) await ports.directory.rememberMethod(result.userId, method);
}
