import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { readActor } from '#admin/actor.ts';
import { activityOf } from '#core/audit/activities.ts';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import type { AuditRecord } from '#model/audit.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { LogEvent } from './event.ts';

const text = z.string();
const id = text.describe('Id of the entry: `cardea explain ID`, Graph.');
const common = {
  event: z.literal('signIn'),
  order: text.describe('Grows from event to event.'),
  tenantId: text.describe('Empty for the log of the installation.'),
  id,
  at: z.int().describe('Milliseconds since 1970 of the event; `time` is that of the line.'),
};

/** The line of an entry of the sign-in log. Fields are added, and none is renamed or removed. */
export const signInLine = z.strictObject({
  ...common,
  correlationId: text,
  result: z.enum(['success', 'failure', 'interrupted']),
  errorCode: z.int().describe('AADSTS number; 0 for a success.'),
  reason: text.describe('Code of docs/reference/reasons.md.'),
  userId: text.describe('Personal. Empty where no user was found.'),
  userPrincipalName: text.describe('Personal.'),
  appId: text,
  appDisplayName: text,
  resourceId: text,
  ipAddress: text.describe('Personal.'),
  userAgent: text.describe('Personal.'),
  methods: z.array(text).describe('What was proven.'),
  interactive: z.boolean(),
  sessionId: text,
  count: z.int().describe('Identical attempts in the entry when the line was written.'),
});

/** The line of an entry of the audit log. */
export const auditLine = z.strictObject({
  ...common,
  event: z.literal('audit'),
  activity: text,
  category: text,
  result: z.enum(['success', 'failure']),
  reason: text.describe('Code of a refusal; empty where the change was made.'),
  actorKind: z.enum(['user', 'app']),
  actorId: text.describe('Personal where `actorKind` is user. Empty for the command line.'),
  actorName: text.describe('Personal.'),
  ipAddress: text.describe('Personal.'),
  targetType: text,
  targetId: text.describe(
    'Personal where `targetType` is User, or where it has an @. Of an id of several GUIDs, all but the first are personal.',
  ),
});

/** What lines say of people: everything, names that stand for them, or nothing. */
export const redactions = ['none', 'pseudonyms', 'remove'] as const;
export type Redaction = (typeof redactions)[number];

/** Writes lines of events. @param key the same key gives the same pseudonyms */
export function lineWriter(
  redaction: Redaction,
  key: Uint8Array,
): (event: LogEvent) => Readonly<Record<string, unknown>> {
  const personal = (value: string): string => {
    if (redaction === 'none' || value === '') return value;
    if (redaction === 'remove') return '';
    return `p-${createHmac('sha256', key).update(value.toLowerCase()).digest('hex').slice(0, 16)}`;
  };
  return (event) => {
    const { order, tenantId } = event;
    if (event.kind === 'audit') return { event: 'audit', order, tenantId, ...auditFields(event.record, personal) };
    return { event: 'signIn', order, tenantId, ...signInFields(event.record, personal) };
  };
}

type Personal = (value: string) => string;

function signInFields(record: SignInRecord, personal: Personal) {
  return {
    id: record.id,
    at: record.createdDateTime.getTime(),
    correlationId: record.correlationId,
    result: record.status,
    errorCode: signInNumber(record.status, record.because),
    reason: record.because.code,
    userId: personal(record.userId ?? ''),
    userPrincipalName: personal(record.userPrincipalName),
    appId: record.appId,
    appDisplayName: record.appDisplayName,
    resourceId: record.resourceId,
    ipAddress: personal(record.ipAddress),
    userAgent: personal(record.userAgent),
    methods: [...new Set(record.proofs.map(({ method }) => method))],
    interactive: record.isInteractive,
    sessionId: record.sessionId ?? '',
    count: record.repeats?.count ?? 1,
  };
}

function auditFields(record: AuditRecord, personal: Personal) {
  const actor = readActor(record.actor);
  const { category, target } = activityOf(record.activity);
  const { targetKind = target } = (record.refusal ? record.newValue : {}) as { readonly targetKind?: string };
  return {
    id: record.id,
    at: record.activityDateTime.getTime(),
    activity: record.activity,
    category,
    result: record.refusal ? ('failure' as const) : ('success' as const),
    reason: record.refusal?.because.code ?? '',
    actorKind: actor.kind,
    actorId: actor.kind === 'user' ? personal(actor.id) : actor.id,
    actorName: personal(actor.name),
    ipAddress: personal(actor.kind === 'user' ? actor.ipAddress : ''),
    targetType: targetKind,
    targetId: targetText(record.targetId, targetKind, personal),
  };
}

const guid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi;

/**
 * The id of a role assignment, or of an owner of an application, is made of two: who has the role or owns the application is the second.
 * An assignment to a group is treated alike, because the id does not show what its holder is.
 */
function targetText(id: string, targetKind: string, personal: Personal): string {
  if (targetKind === 'User' || id.includes('@')) return personal(id);
  let count = 0;
  return id.replace(guid, (part) => (count++ === 0 ? part : personal(part)));
}
