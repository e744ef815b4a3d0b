import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { noAttempts } from '#core/factors/lock-out.ts';
import { CardeaError } from '#core/trace/fault.ts';
import type { AttemptStore, FlowSealing } from '#ports/flows.ts';
import { readJson } from '#schema/json.ts';

/** Milliseconds that a context and its flow tokens live: as long as the interaction of the provider. */
const lifetimeMilliseconds = 15 * 60_000;

/** `ctx` of a scripted sign-in (windows-sign-in §4.2): which interaction it is, and the cookies a browser would keep for it. */
const flowContext = z.object({
  interactionUid: z.string(),
  tenantId: z.string(),
  cookies: z.record(z.string(), z.string()),
  /** Milliseconds since 1970. */
  expires: z.number(),
});
export type FlowContext = Readonly<z.infer<typeof flowContext>>;

/** `flowToken` of a scripted sign-in: one step of one interaction. Each is taken once by a step that changes something. */
const flowToken = z.object({
  id: z.string(),
  /** How many proofs the sign-in had when the token was made: a token from before a proof leads no further after it. */
  proofs: z.number(),
  /** The name that GetCredentialType was asked about. */
  username: z.string().exactOptional(),
  /** Milliseconds since 1970. */
  expires: z.number(),
});
export type FlowToken = Readonly<z.infer<typeof flowToken>>;

const contextLabel = 'context of a scripted sign-in';
const tokenLabel = ({ interactionUid, tenantId }: Pick<FlowContext, 'interactionUid' | 'tenantId'>): string =>
  `flow token of ${interactionUid} in ${tenantId}`;

/** The context as `ctx`. Its text is base64url, because some clients do not percent-encode it (windows-sign-in §0.5, rule 7). */
export function sealContext(context: Omit<FlowContext, 'expires'>, sealing: FlowSealing, at: Date): string {
  return sealing.seal(JSON.stringify({ ...context, expires: at.getTime() + lifetimeMilliseconds }), contextLabel);
}

/** Opens `ctx`; undefined for one that this installation did not seal, or that has expired. */
export function openContext(text: unknown, sealing: FlowSealing, at: Date): FlowContext | undefined {
  return unseal(flowContext, { text, label: contextLabel }, sealing, at);
}

/** A new flow token of the sign-in that `context` is of. */
export function sealFlowToken(
  context: Pick<FlowContext, 'interactionUid' | 'tenantId'>,
  step: Pick<FlowToken, 'proofs' | 'username'>,
  sealing: FlowSealing,
  at: Date,
): string {
  const id = randomBytes(16).toString('base64url');
  const token: FlowToken = { ...step, id, expires: at.getTime() + lifetimeMilliseconds };
  return sealing.seal(JSON.stringify(token), tokenLabel(context));
}

/** Opens `flowToken` of the sign-in that `context` is of; undefined for one of another sign-in, or that has expired. */
export function openFlowToken(
  text: unknown,
  context: FlowContext,
  sealing: FlowSealing,
  at: Date,
): FlowToken | undefined {
  return unseal(flowToken, { text, label: tokenLabel(context) }, sealing, at);
}

/** Takes a flow token. True for exactly one caller on any node. */
export function spendFlowToken({ id, expires }: FlowToken, attempts: AttemptStore): Promise<boolean> {
  const subject = createHash('sha256').update(`flow token ${id}`).digest('base64url');
  return attempts.change(subject, new Date(expires), (before) => ({
    next: before ?? noAttempts,
    answer: before === undefined,
  }));
}

/** Longer than any text that was sealed here. */
const longest = 8 * 1024;

function unseal<T extends { readonly expires: number }>(
  schema: z.ZodType<T>,
  { text, label }: { readonly text: unknown; readonly label: string },
  sealing: FlowSealing,
  at: Date,
): T | undefined {
  if (typeof text !== 'string' || text.length > longest) return undefined;
  try {
    const value = readJson(schema, sealing.open(text, label));
    return value && at.getTime() < value.expires ? value : undefined;
  } catch (problem) {
    if (problem instanceof CardeaError) return undefined;
    throw problem;
  }
}
