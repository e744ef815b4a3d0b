import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { describeOnNodes, twoTenants } from '#test/contract/each-database.ts';
import type { Storage, TenantStorage } from '../../storage.ts';

describeOnNodes('records of OpenID Connect', ({ clock, nodes }) => {
  let tenantId: string;
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  before(async () => {
    const tenants = await twoTenants(nodes()[0]);
    tenantId = tenants.ids[0]!;
    ({ mine, otherTenant } = tenants);
  });

  test('of ten who consume a record together one does; it stays readable as consumed, until it expires', async () => {
    const id = crypto.randomUUID();
    await mine.oidcRecords.upsert('AuthorizationCode', id, { grantId: 'g', accountId: 'u' }, 60);
    const winners = await Promise.all(
      Array.from({ length: 10 }, () => mine.oidcRecords.consume('AuthorizationCode', id)),
    );
    assert.equal(winners.filter(Boolean).length, 1);
    const consumed = Math.floor(clock.at.getTime() / 1000);
    assert.deepEqual(await mine.oidcRecords.find('AuthorizationCode', id), {
      grantId: 'g',
      accountId: 'u',
      consumed,
      consumedAt: clock.at.getTime(),
      consumedBy: null,
    });
    assert.equal((await nodes()[0].tenantOfRecord('AuthorizationCode', id)) !== undefined, true);
    clock.pass(61_000);
    assert.equal(await mine.oidcRecords.find('AuthorizationCode', id), undefined);
  });

  test('records are found by uid and user code, destroyed one by one and by grant, and never by another tenant', async () => {
    const payload = { uid: crypto.randomUUID(), userCode: crypto.randomUUID(), grantId: crypto.randomUUID() };
    await mine.oidcRecords.upsert('Session', 's1', payload, 60);
    await mine.oidcRecords.upsert('DeviceCode', 'd1', payload, 60);
    assert.deepEqual(await mine.oidcRecords.findByUid('Session', payload.uid), payload);
    assert.deepEqual(await mine.oidcRecords.findByUserCode('DeviceCode', payload.userCode), payload);
    assert.equal(await otherTenant.oidcRecords.findByUid('Session', payload.uid), undefined);
    await otherTenant.oidcRecords.revokeByGrantId(payload.grantId);
    await otherTenant.oidcRecords.destroy('Session', 's1');
    await otherTenant.oidcRecords.upsert('Session', 's1', { stolen: true }, 60);
    assert.deepEqual(
      await mine.oidcRecords.find('Session', 's1'),
      payload,
      'another tenant neither ends nor replaces it',
    );
    await mine.oidcRecords.revokeByGrantId(payload.grantId);
    assert.equal(await mine.oidcRecords.find('DeviceCode', 'd1'), undefined);
  });

  test('records that are stored together are all there, and none where one cannot be', async () => {
    const record = (id: string, payload: Record<string, unknown> = { uid: id }) => ({
      model: 'Session',
      id,
      payload,
      expiresIn: 60,
    });
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    await mine.oidcRecords.upsertAll([record(first), record(second)]);
    for (const id of [first, second]) assert.deepEqual(await mine.oidcRecords.find('Session', id), { uid: id });
    await mine.oidcRecords.upsertAll([record(first, { uid: 'new' })]);
    assert.deepEqual(await mine.oidcRecords.find('Session', first), { uid: 'new' });
    const third = crypto.randomUUID();
    await assert.rejects(mine.oidcRecords.upsertAll([record(third), record(null as never)]));
    assert.equal(await mine.oidcRecords.find('Session', third), undefined);
  });

  test('a code is read with its grant and its session, and a second look-up looks again', async () => {
    const [code, grantId, sessionUid] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    await mine.oidcRecords.upsert('AuthorizationCode', code, { grantId, sessionUid }, 60);
    await mine.oidcRecords.upsert('Grant', grantId, { clientId: 'a' }, 60);
    await mine.oidcRecords.upsert('Session', crypto.randomUUID(), { uid: sessionUid }, 60);
    const node = nodes().at(-1)!;
    const { oidcRecords } = node.forTenant(tenantId);
    await node.inRequest(async () => {
      assert.equal(await node.tenantOfRecord('AuthorizationCode', code), tenantId);
      assert.deepEqual(await oidcRecords.find('AuthorizationCode', code), { grantId, sessionUid });
      assert.deepEqual(await oidcRecords.findByUid('Session', sessionUid), { uid: sessionUid });
      assert.deepEqual(await oidcRecords.find('Grant', grantId), { clientId: 'a' });
      await mine.oidcRecords.destroy('Grant', grantId);
      assert.equal(await oidcRecords.find('Grant', grantId), undefined);
      assert.equal(await oidcRecords.find('DeviceSession', sessionUid), undefined);
    });
    await nodes()[0].inRequest(async () =>
      assert.equal(await otherTenant.oidcRecords.find('AuthorizationCode', code), undefined),
    );
  });
});

describeOnNodes('polls of a device (RFC 8628 §3.5)', ({ clock, nodes }) => {
  async function code() {
    const tenantId = crypto.randomUUID();
    const of = (node: Storage) => node.forTenant(tenantId).oidcRecords;
    const [firstNode, lastNode] = [of(nodes()[0]), of(nodes().at(-1)!)];
    const id = crypto.randomUUID();
    await firstNode.upsert('DeviceCode', id, { userCode: id }, 900);
    const poll = (records = firstNode) => records.isPolledTooFast('DeviceCode', id, 5);
    return { one: firstNode, other: lastNode, id, poll };
  }

  test('a poll within the interval is too fast on another node, too, and makes the interval 5 seconds longer', async () => {
    const { other: lastNode, poll } = await code();
    assert.equal(await poll(), false);
    clock.pass(5_000);
    assert.equal(await poll(lastNode), false);
    clock.pass(2_000);
    assert.equal(await poll(), true);
    clock.pass(5_000);
    assert.equal(await poll(lastNode), true, 'the interval is 10 seconds now');
    clock.pass(15_000);
    assert.equal(await poll(), false);
  });

  test('of polls at once on two nodes, one is on time', async () => {
    const { one: firstNode, other: lastNode, poll } = await code();
    const answers = await Promise.all([poll(firstNode), poll(lastNode), poll(firstNode), poll(lastNode)]);
    assert.deepEqual(answers.toSorted(), [false, true, true, true]);
  });

  test('what the person does meanwhile stays, and the interval survives it', async () => {
    const { one: firstNode, id, poll } = await code();
    await poll();
    await firstNode.upsert('DeviceCode', id, { userCode: id, accountId: 'ana' }, 900);
    assert.equal(await poll(), true);
    assert.equal((await firstNode.find('DeviceCode', id))?.accountId, 'ana');
  });

  test('a network that brings a poll a second early is no reason to slow down', async () => {
    const { poll } = await code();
    await poll();
    clock.pass(4_000);
    assert.equal(await poll(), false);
  });
});
