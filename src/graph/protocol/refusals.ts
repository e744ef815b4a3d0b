import { auditRefusal, refusalIn } from '#admin/refusals.ts';
import { refusedCall, targetOf } from '#core/audit/activities.ts';
import { activityOfCall } from '#core/audit/operations.ts';
import type { Area } from '#core/roles/areas.ts';
import type { Call } from './call.ts';
import { isDenied } from './failure.ts';
import type { Route } from './route.ts';

/** A call of an operation that there is, by a caller who is known. */
export interface Attempt extends Pick<Call, 'request' | 'actor' | 'ports' | 'keys'> {
  readonly route: Route;
  readonly isDryRun: boolean;
  /** Undefined as long as the need of the operation is not known. */
  readonly area: Area | undefined;
}

/**
 * The one place where a refused call of Graph is audited: every refused change, whatever the reason, and every read that is
 * refused for want of a permission or role. A read with a mistake in it, a fault of the service and a call without a valid
 * token leave no row. The transaction of the change has been rolled back before this is called.
 */
export async function auditRefusedCall(thrown: unknown, attempt: Attempt): Promise<void> {
  const because = refusalIn(thrown);
  if (because === undefined || !(changesSomething(attempt) || isDenied(because))) return;
  const { actor, ports, route, isDryRun, area } = attempt;
  const operation = `${route.method} ${route.path}${isDryRun ? '/dryrun' : ''}`;
  const targetKind = area === undefined ? 'Other' : targetOf(area);
  const activity = isDryRun ? refusedCall : activityOfCall(route.method, route.path);
  const refusal = { activity, operation, targetKind, targetId: targetIn(attempt), actor, because };
  await auditRefusal(refusal, ports.audits);
}

const changesSomething = ({ route, isDryRun }: Attempt): boolean =>
  !isDryRun && route.method !== 'GET' && route.unguarded !== 'reads only';

/** The first key of the path; the path itself where it has none. */
function targetIn({ keys, request }: Attempt): string {
  const [first] = Object.values(keys);
  return first?.value ?? request.pathname;
}
