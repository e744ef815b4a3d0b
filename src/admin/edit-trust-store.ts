import { CardeaError, fault } from '../core/trace/fault.ts';
import type { AdminPorts, TrustStoreEdit, TrustStoreState } from '../ports.ts';

/** Looks at an edit before it is made, and throws to prevent it. */
export type Safeguard = (now: TrustStoreState, next: TrustStoreState) => Promise<void>;

/** What edits of the trust stores need. Without a `safeguard`, an edit is made whomever it shuts out. */
export interface TrustPorts extends Pick<AdminPorts, 'trustStore'> {
  readonly safeguard?: Safeguard | undefined;
}

/** How often an edit is looked at again because somebody else was faster. */
const attempts = 10;

/**
 * Makes one edit, after the safeguard has seen exactly it: when somebody else edited meanwhile, what it would do is worked
 * out and looked at again. @throws what `decide` and the safeguard throw; policyEditedMeanwhile after ten attempts
 */
export async function editTrustStore<T>(
  decide: (now: TrustStoreState) => TrustStoreEdit<T>,
  actor: string,
  { trustStore, safeguard }: TrustPorts,
): Promise<T> {
  if (!safeguard) return trustStore.edit(decide, actor);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const seen = await trustStore.state();
    const edit = decide(seen);
    await safeguard(seen, edit.next);
    try {
      return await trustStore.edit((now) => {
        if (now.version !== seen.version) throw fault('policyEditedMeanwhile', {});
        return edit;
      }, actor);
    } catch (problem) {
      if (!(problem instanceof CardeaError && problem.because.code === 'policyEditedMeanwhile')) throw problem;
    }
  }
  throw fault('policyEditedMeanwhile', {});
}
