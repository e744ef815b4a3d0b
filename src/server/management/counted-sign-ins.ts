import type { SignInLog } from '#ports/logs.ts';
import type { Metrics } from './metrics.ts';

/** The sign-in log of a tenant, with its entries counted. */
export const countedSignIns = (tenantId: string, signInLog: SignInLog, metrics: Metrics): SignInLog => ({
  ...signInLog,
  async append(entry, presented) {
    await signInLog.append(entry, presented);
    metrics.countSignIn(tenantId, entry);
  },
});
