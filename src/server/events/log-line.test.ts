import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { actorText } from '#admin/actor.ts';
import { applicationOwnerId } from '#admin/applications/owners.ts';
import { assignmentId } from '#admin/directory/role-assignments.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { because } from '#core/trace/reasons.ts';
import type { AuditRecord } from '#model/audit.ts';
import type { LogEvent } from './event.ts';
import { auditLine, lineWriter, redactions, signInLine } from './log-line.ts';

const at = new Date('2027-03-01T12:00:00Z');
const who = { id: 'f0e1', name: 'ana@woodgrove.test', ipAddress: '192.0.2.7' };
const common = { order: '1', tenantId: 't' };
const signIn: LogEvent = {
  ...common,
  kind: 'signIn',
  resourceName: 'Resource',
  record: {
    ...{ id: 'e', correlationId: 'c', createdDateTime: at, status: 'failure', isInteractive: true, proofs: [] },
    because: because('certificateMissing', { host: 'certauth.test' }),
    ...{ userId: who.id, userPrincipalName: who.name, userDisplayName: 'Ana', ipAddress: who.ipAddress },
    ...{ appId: 'a', appDisplayName: 'App', resourceId: 'r', userAgent: 'a browser of Ana' },
    trace: { version: 1, correlationId: 'c', at: at.toISOString(), policyVersion: 'v', findings: [] },
  },
};
const audit: LogEvent = {
  ...common,
  kind: 'audit',
  record: {
    ...{ id: 'e', correlationId: 'c', activityDateTime: at, activity: 'Update user', targetId: 'f0e2' },
    actor: actorText({ kind: 'user', ...who }),
    ...{ oldValue: undefined, newValue: undefined },
  },
};

/** What each setting of logRedaction makes of a value. */
const expected: Readonly<Record<(typeof redactions)[number], RegExp>> = {
  none: /^(?!p-).+$/,
  pseudonyms: /^p-[0-9a-f]{16}$/,
  remove: /^$/,
};

for (const redaction of redactions)
  describe(`with the redaction ${redaction}`, () => {
    for (const [event, shape] of [
      [signIn, signInLine],
      [audit, auditLine],
    ] as const)
      test(`a line of ${event.kind} has every personal field so, and has the form of its event`, () => {
        const line = lineWriter(redaction, Buffer.from('key'))(event);
        assert.ok(shape.safeParse(line).success);
        const personal = Object.entries(shape.shape).filter(([, field]) => /^Personal/.test(field.description ?? ''));
        assert.ok(personal.length > 3);
        for (const [name] of personal) assert.match(String(line[name]), expected[redaction], name);
        const isNamed = [...Object.values(who), 'Ana'].some((value) => JSON.stringify(line).includes(value));
        assert.equal(isNamed, redaction === 'none');
      });
  });

const [first, user] = [globalAdministrator, 'a3a9d210-7c1c-4c2a-9d5b-0d6b3a2f1e10'];
for (const [activity, targetId] of [
  ['Add member to role', assignmentId(first, user)],
  ['Remove member from role', assignmentId(first, user)],
  ['Add owner to application', applicationOwnerId({ appId: first, ownerId: user })],
  ['Remove owner from application', applicationOwnerId({ appId: first, ownerId: user })],
] as const)
  test(`the id of "${activity}" names the user only without redaction, and a pseudonym is that of the user`, () => {
    const lineOf = (redaction: (typeof redactions)[number], record: Partial<AuditRecord>) =>
      lineWriter(redaction, Buffer.from('key'))({ ...audit, record: { ...audit.record, ...record } } as LogEvent);
    const [none, pseudonyms, removed] = redactions.map(
      (redaction) => lineOf(redaction, { activity, targetId }).targetId,
    );
    const pseudonym = lineOf('pseudonyms', { activity: 'Update user', targetId: user }).targetId;
    assert.deepEqual([none, pseudonyms, removed], [targetId, `${first}_${pseudonym}`, `${first}_`]);
  });

test('a pseudonym is the same for one value and key, in any case, and another with another key', () => {
  const nameOf = (key: string, userPrincipalName: string) => {
    const event = { ...signIn, record: { ...signIn.record, userPrincipalName } } as LogEvent;
    return lineWriter('pseudonyms', Buffer.from(key))(event).userPrincipalName;
  };
  assert.equal(nameOf('one', who.name), nameOf('one', who.name.toUpperCase()));
  assert.notEqual(nameOf('one', who.name), nameOf('one', 'ben@woodgrove.test'));
  assert.notEqual(nameOf('one', who.name), nameOf('two', who.name));
});
