import { audit, type Change } from '../../database/audits/audit.ts';
import type { Step } from '../../database/audits/edits.ts';
import type { TenantDatabase, TenantStore } from '../../database/schema.ts';

/** One transaction of a tenant. `at` reads the clock each time. */
export interface StepContext extends TenantDatabase<Step> {
  readonly at: Date;
}

/** The context of a transaction that a caller opened. */
export const contextOf = ({ tenantId, clock }: TenantStore, step: Step): StepContext => ({
  database: step,
  tenantId,
  get at() {
    return clock.now();
  },
});

/** Runs work in one transaction of the tenant. */
export const inStep = <T>(store: TenantStore, work: (context: StepContext) => Promise<T>): Promise<T> =>
  store.database.transaction().execute((step) => work(contextOf(store, step)));

/** Writes the audit row of a change in its transaction. */
export const noteChange = (context: StepContext, change: Change): Promise<void> => audit(context, context.at, change);
