import type { Clock } from '#ports/clock.ts';
import { audit, type Change } from '../../database/audit.ts';
import type { Step } from '../../database/edits.ts';
import type { TenantDatabase } from '../../database/schema.ts';
import type { ChangeContext } from '../directory-index/track-change.ts';

/** What the stores of one tenant work on. The clock dates their changes. */
export interface TenantStore extends TenantDatabase {
  readonly clock: Clock;
}

/** One transaction of a tenant. `at` reads the clock each time. */
export interface StepContext extends ChangeContext {
  readonly step: Step;
}

/** The context of a transaction that a caller opened. */
export const contextOf = ({ tenantId, clock }: TenantStore, step: Step): StepContext => ({
  step,
  tenantId,
  get at() {
    return clock.now();
  },
});

/** Runs work in one transaction of the tenant. */
export const inStep = <T>(store: TenantStore, work: (context: StepContext) => Promise<T>): Promise<T> =>
  store.database.transaction().execute((step) => work(contextOf(store, step)));

/** Writes the audit row of a change in its transaction. */
export const noteChange = ({ step, tenantId, at }: StepContext, change: Change): Promise<void> =>
  audit(step, tenantId, at, change);
