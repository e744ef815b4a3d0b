import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import type { Flow } from '#model/sign-in.ts';
import { TestClock } from '#test/contract/databases.ts';
import { flowOf } from '#test/contract/documents.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { formTargets, hintedName, isAdministrator, provenSoFar, unproven } from './page-context.ts';

const clock = new TestClock();
const flow = flowOf(clock);

for (const [redirectUri, targets] of [
  ['https://app.woodgrove.test/callback?x=1', ['https://app.woodgrove.test']],
  ['http://localhost:8080/', ['http://localhost:8080']],
  ['myapp://auth', []],
  ['https://*.evil.test/', []],
  ["https://x.test;script-src'unsafe-inline'/", []],
  ['no address', []],
] as const)
  test(`forms may lead to ${targets[0] ?? 'no other origin'} where the answer goes to ${redirectUri}`, () =>
    assert.deepEqual(formTargets(redirectUri), targets));

for (const [loginHint, name] of [
  ['Ana@woodgrove.test', 'Ana@woodgrove.test'],
  [' ana@woodgrove.test ', 'ana@woodgrove.test'],
  ['not a name\u0000', undefined],
  ['', undefined],
  [undefined, undefined],
] as const)
  test(`the hint ${JSON.stringify(loginHint)} names ${name}`, () =>
    assert.equal(hintedName({ loginHint } as never), name));

test('a sign-in that is to prove itself again keeps its application and nothing of what was proven', () => {
  const proven: Flow = { ...flow, userId: 'ana', proofs: [], approval: 'a' } as never;
  assert.deepEqual(unproven(proven), flow);
});

test('what the live session proved counts for its own user, from before no revocation (REV-2)', async (t) => {
  const { ports, end, clock: time } = await openTenant();
  t.after(end);
  const ana = userOf('ana@woodgrove.test', { signInSessionsValidFromDateTime: time.at.toISOString() });
  await ports.users.add(ana, 'test');
  const proofOf = (userId: string, milliseconds: number) =>
    ({ method: 'password', userId, at: new Date(time.at.getTime() + milliseconds).toISOString() }) as const;
  const [current, before, foreign, factor] = [
    proofOf(ana.id, 0),
    proofOf(ana.id, -1),
    proofOf('ben', 0),
    proofOf(ana.id, 5),
  ];
  await ports.sessions.add('s', [current, before, foreign], new Date(time.at.getTime() + 60_000));
  const flowInSession = { ...flow, userId: ana.id, sessionUid: 's', proofs: [factor] };
  assert.deepEqual(await provenSoFar(flowInSession, ports), [current, factor]);
  assert.deepEqual(
    await provenSoFar({ ...flow, userId: ana.id, proofs: [factor] }, ports),
    [factor],
    'without a session',
  );
  assert.deepEqual(await provenSoFar({ ...flowInSession, userId: 'unknown' }, ports), [factor]);
});

test('a sign-in is of an administrator where its user, or that of the browser session, holds a role', async (t) => {
  const { ports, end } = await openTenant();
  t.after(end);
  const document = { principalId: 'ana', roleDefinitionId: globalAdministrator };
  const object = { kind: 'roleAssignments', id: 'r', owner: 'ana', document };
  await ports.objects.add(object, { activity: 'Add member to role', actor: 'test' });
  const is = (change: Partial<Flow>) => isAdministrator({ ...flow, ...change }, ports);
  const session = (userId: string) => ({ browserSession: { uid: 's', userId } });
  assert.deepEqual(await Promise.all([is({ userId: 'ana' }), is(session('ana'))]), [true, true]);
  assert.deepEqual(await Promise.all([is({}), is(session('ben')), is({ userId: 'ben', ...session('ana') })]), [
    false,
    false,
    false,
  ]);
});
