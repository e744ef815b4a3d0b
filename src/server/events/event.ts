import { readActor } from '#admin/actor.ts';
import { isOfApplication } from '#core/trace/application-entry.ts';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import { auditItem } from '#graph/resources/logs/directory-audits.ts';
import { betaSignIn, wellKnownResources } from '#graph/resources/logs/sign-in-item.ts';
import type { AuditRecord } from '#model/audit.ts';
import type { SignInRecord } from '#model/sign-in.ts';

/** A row of a log, on its way to another system. */
export type LogEvent = {
  /** Text that grows from event to event of a target; the same when the event comes again. */
  readonly order: string;
  /** Empty for the log of the installation. */
  readonly tenantId: string;
} & (
  | { readonly kind: 'signIn'; readonly record: SignInRecord; readonly resourceName: string }
  | { readonly kind: 'audit'; readonly record: AuditRecord }
);

/** The document of an event: the frame of a diagnostic setting of Azure Monitor; `properties` is what Graph (beta) answers. */
export interface EventDocument {
  readonly order: string;
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly tenantId: string;
  readonly category: 'SignInLogs' | 'NonInteractiveUserSignInLogs' | 'ServicePrincipalSignInLogs' | 'AuditLogs';
  readonly operationName: string;
  /** The AADSTS number of a sign-in, 0 for a success; `success` or `failure` of a change. */
  readonly resultType: string;
  readonly correlationId: string;
  readonly callerIpAddress: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
}

export function documentOf(event: LogEvent): EventDocument {
  const { order, tenantId } = event;
  if (event.kind === 'audit') {
    const { correlationId, activityDateTime, activity, refusal, actor } = event.record;
    const caller = readActor(actor);
    return {
      ...{ order, time: activityDateTime.toISOString(), tenantId, category: 'AuditLogs', operationName: activity },
      resultType: refusal ? 'failure' : 'success',
      correlationId,
      callerIpAddress: (caller.kind === 'user' && caller.ipAddress) || null,
      properties: auditItem(event.record, 'beta'),
    };
  }
  const { record, resourceName } = event;
  const names = new Map([...wellKnownResources, ...(resourceName ? [[record.resourceId, resourceName] as const] : [])]);
  return {
    ...{ order, time: record.createdDateTime.toISOString(), tenantId, category: categoryOf(record) },
    operationName: 'Sign-in activity',
    resultType: String(signInNumber(record.status, record.because)),
    correlationId: record.correlationId,
    callerIpAddress: record.ipAddress || null,
    properties: betaSignIn(record, names, { tenantId, showsPolicies: true }),
  };
}

function categoryOf(record: SignInRecord): EventDocument['category'] {
  if (isOfApplication(record.trace)) return 'ServicePrincipalSignInLogs';
  return record.isInteractive ? 'SignInLogs' : 'NonInteractiveUserSignInLogs';
}

/** A place that events are delivered to. */
export interface EventTarget {
  /** `webhook`, `syslog`, `file`, `log`: what metrics and the outbox know it by. */
  readonly name: string;
  /** Resolves when the target has all of them. What it rejects is delivered again, from the first one on. */
  deliver(events: readonly LogEvent[], signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}
