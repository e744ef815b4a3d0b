import { randomBytes } from 'node:crypto';
import type { Proof } from '#core/access/proof.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Handoff } from '#model/sign-in.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';

/** Long enough for a redirect on a slow line, too short to be worth stealing (W-7). */
const lifetimeMilliseconds = 60_000;

type HandoffContext = SignInContext<Pick<Ports, 'handoffs'>>;

/** Puts proofs aside for the login host and returns the one-use secret that fetches them. */
export async function handOver(
  to: { readonly interactionUid: string; readonly userId: string; readonly proofs: readonly Proof[] },
  { ports, at }: HandoffContext,
): Promise<string> {
  const id = randomBytes(32).toString('base64url');
  await ports.handoffs.put({ id, ...to, expires: new Date(at.getTime() + lifetimeMilliseconds) });
  return id;
}

/**
 * Fetches what was handed over, once. The caller has already seen the interaction's cookie: a handoff for another
 * interaction is spent and refused, so that a stolen one is worth nothing twice.
 */
export async function takeOver(
  id: string,
  interactionUid: string,
  { ports, at }: HandoffContext,
): Promise<Ruling<Handoff>> {
  const handoff = await ports.handoffs.take(id, at);
  return handoff?.interactionUid === interactionUid
    ? success(handoff)
    : refused('handoffUnknown', { interaction: interactionUid });
}
