import { withTrustStore } from '#core/policy.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { trustStoreOf } from '#core/x509/trust-store.ts';
import type { TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { PolicyChange } from '../safety/dry-run.ts';
import type { Safeguard } from '../safety/safeguard.ts';

/** What edits of the trust stores need. Without a `safeguard`, an edit is made whomever it shuts out. */
export interface TrustPorts extends Pick<AdminPorts, 'trustStore'> {
  readonly safeguard?: Safeguard | undefined;
}

/**
 * Makes one edit, after the safeguard has seen exactly it: when somebody else edited meanwhile, what it would do is worked
 * out and looked at again. @throws what `decide` and the safeguard throw; policyEditedMeanwhile after ten attempts
 */
export function editTrustStore<T>(
  decide: (now: TrustStoreState) => TrustStoreEdit<T>,
  actor: string,
  { trustStore, safeguard }: TrustPorts,
): Promise<T> {
  if (!safeguard) return trustStore.edit(decide, actor);
  return retryOnConflict(async () => {
    const seenKeys = await trustStore.state();
    const edit = decide(seenKeys);
    const verdict = await safeguard(changeTo(edit.next));
    return trustStore.edit((now) => {
      if (now.version !== seenKeys.version || now.version !== verdict) throw fault('policyEditedMeanwhile', {});
      return edit;
    }, actor);
  });
}

/** The change of policy that an edit of the trust stores is. */
export const changeTo =
  ({ authorities }: TrustStoreState): PolicyChange =>
  (policy) =>
    withTrustStore(policy, trustStoreOf(authorities));

/** How often an edit is looked at again because somebody else was faster. */
const attempts = 10;

/** Does it again as long as it ends with `policyEditedMeanwhile`, which the tenth time is the answer. */
export async function retryOnConflict<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (problem) {
      const isOvertaken = problem instanceof CardeaError && problem.because.code === 'policyEditedMeanwhile';
      if (!isOvertaken || tries === attempts) throw problem;
    }
  }
}

/** A trust store whose edits are worked out, one upon the other, and not made: for "what if". */
export interface Rehearsal {
  readonly trustStore: TrustPorts['trustStore'];
  readonly now: TrustStoreState;
  /** What would be there after all edits so far. */
  next(): TrustStoreState;
}

/** Rehearses edits on what is there now. */
export async function rehearse(trustStore: TrustPorts['trustStore']): Promise<Rehearsal> {
  const now = await trustStore.state();
  let next = now;
  const edit: TrustPorts['trustStore']['edit'] = async (decide) => {
    const edit = decide(next);
    next = edit.next;
    return edit.result;
  };
  const reading = { list: async () => next.authorities, state: async () => next };
  return { trustStore: { ...trustStore, ...reading, edit }, now, next: () => next };
}
