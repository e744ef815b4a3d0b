import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import type { Flow, Handoff } from '#model/sign-in.ts';
import type { Place } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, nodesAt, TestClock } from '../databases.ts';

const minute = 60_000;

/** Proofs as a store sees them: it reads who, how, and when. */
const proofAt = (at: string, userId = 'u'): Proof => ({ userId, method: 'password', at }) as unknown as Proof;

for (const database of databasesUnderTest()) {
  describe(`visits to the sign-in pages, on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    const [tenantId, otherId] = [crypto.randomUUID(), crypto.randomUUID()];
    let place: Place;
    let nodes: readonly [Storage, ...Storage[]];
    let mine: TenantStorage;
    before(async () => {
      place = await database.place();
      nodes = await nodesAt(place, clock);
      for (const id of [tenantId, otherId]) {
        const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
        await nodes[0].tenants.add({ id, displayName: 'Tenant', domains });
      }
      mine = nodes[0].forTenant(tenantId);
    });
    after(async () => {
      for (const node of nodes ?? []) await node.close();
      database.end();
    });

    const flowOf = (uid: string): Flow => ({
      id: `flow-${uid}`,
      interactionUid: uid,
      correlationId: uid,
      appId: 'a',
      appDisplayName: 'App',
      resourceId: 'r',
      username: 'ana@woodgrove.test',
      expires: new Date(clock.at.getTime() + 15 * minute),
    });
    const handoffOf = (uid: string): Handoff => ({
      id: `handoff-${uid}`,
      interactionUid: uid,
      userId: 'u',
      proofs: [],
      expires: new Date(clock.at.getTime() + minute),
    });
    async function begin(): Promise<{ uid: string; flow: Flow; handoff: Handoff }> {
      const uid = crypto.randomUUID();
      const [flow, handoff] = [flowOf(uid), handoffOf(uid)];
      await mine.oidcRecords.upsert('Interaction', uid, { uid, prompt: 'login' }, 900);
      await mine.flows.put(flow);
      await mine.handoffs.put(handoff);
      return { uid, flow, handoff };
    }

    test('every node finds the interaction and the flow, and the handoff is taken once', async () => {
      const { uid, flow, handoff } = await begin();
      const node = nodes.at(-1)!;
      const there = node.forTenant(tenantId);
      await node.inRequest(
        async () => {
          assert.equal(await node.tenantOfRecord('Interaction', uid), tenantId);
          assert.deepEqual(await there.oidcRecords.find('Interaction', uid), { uid, prompt: 'login' });
          assert.deepEqual(await there.flows.find(flow.id, clock.at), flow);
          assert.deepEqual(await there.flows.findByInteraction(uid, clock.at), flow);
        },
        { by: 'id', value: uid },
      );
      const takes = [mine, there, mine, there].map((stores) => stores.handoffs.take(handoff.id, clock.at));
      assert.deepEqual((await Promise.all(takes)).filter(Boolean), [handoff]);
    });

    test('an interaction is ended once, also where a page writes its flow meanwhile', async () => {
      const { uid, flow } = await begin();
      const there = nodes.at(-1)!.forTenant(tenantId);
      const destroy = ({ oidcRecords }: TenantStorage) => oidcRecords.destroy('Interaction', uid);
      const ends = await Promise.all([mine, there, mine, there].map(destroy));
      assert.deepEqual(ends.toSorted(), [false, false, false, true]);
      await there.flows.put(flow);
      assert.equal(await destroy(mine), false);
    });

    test('a request reads what it has written itself', async () => {
      const { uid, flow } = await begin();
      await nodes[0].inRequest(async () => {
        assert.equal((await mine.flows.findByInteraction(uid, clock.at))?.username, 'ana@woodgrove.test');
        await mine.flows.put({ ...flow, username: 'ben@woodgrove.test' });
        assert.equal((await mine.flows.findByInteraction(uid, clock.at))?.username, 'ben@woodgrove.test');
        await mine.oidcRecords.upsert('Interaction', uid, { uid, result: 'login' }, 900);
        assert.deepEqual(await mine.oidcRecords.find('Interaction', uid), { uid, result: 'login' });
        await mine.oidcRecords.destroy('Interaction', uid);
        assert.equal(await mine.oidcRecords.find('Interaction', uid), undefined);
      });
    });

    test('another tenant neither finds, changes nor ends a visit', async () => {
      const { uid, flow, handoff } = await begin();
      const otherTenant = nodes[0].forTenant(otherId);
      assert.equal(await otherTenant.oidcRecords.find('Interaction', uid), undefined);
      assert.equal(await otherTenant.flows.find(flow.id, clock.at), undefined);
      assert.equal(await otherTenant.handoffs.take(handoff.id, clock.at), undefined);
      await otherTenant.oidcRecords.upsert('Interaction', uid, { stolen: true }, 900);
      await otherTenant.oidcRecords.destroy('Interaction', uid);
      assert.deepEqual(await mine.oidcRecords.find('Interaction', uid), { uid, prompt: 'login' });
    });

    test('each part ends at its own time', async () => {
      const { uid, flow, handoff } = await begin();
      const late = new Date(clock.at.getTime() + 2 * minute);
      assert.equal(await mine.handoffs.take(handoff.id, late), undefined);
      assert.deepEqual(await mine.flows.find(flow.id, late), flow);
      assert.equal(await mine.flows.find(flow.id, flow.expires), undefined);
      clock.pass(16 * minute);
      assert.equal(await mine.oidcRecords.find('Interaction', uid), undefined);
    });

    test('a visit that ended and begins anew stays as long as its longest part', async () => {
      const uid = crypto.randomUUID();
      const interaction = { uid, prompt: 'login' };
      await mine.oidcRecords.upsert('Interaction', uid, interaction, 3600);
      await mine.oidcRecords.destroy('Interaction', uid);
      await mine.flows.put(flowOf(uid));
      await mine.oidcRecords.upsert('Interaction', uid, interaction, 3600);
      clock.pass(45 * minute);
      await nodes[0].prune(clock.at, { signInsSince: new Date(0), changesSince: new Date(0) });
      assert.deepEqual(await mine.oidcRecords.find('Interaction', uid), interaction);
    });

    test('a visit outlives a restart', async () => {
      const { uid, flow } = await begin();
      for (const node of nodes) await node.close();
      nodes = await nodesAt(place, clock);
      mine = nodes[0].forTenant(tenantId);
      assert.deepEqual(await mine.oidcRecords.find('Interaction', uid), { uid, prompt: 'login' });
      assert.deepEqual(await mine.flows.find(flow.id, clock.at), flow);
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
      const node = nodes.at(-1)!;
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
      const otherTenant = nodes[0].forTenant(otherId);
      await nodes[0].inRequest(async () =>
        assert.equal(await otherTenant.oidcRecords.find('AuthorizationCode', code), undefined),
      );
    });

    test('proofs are copied in their order, without what has ended, and again without doubles', async () => {
      const [session, grant] = [crypto.randomUUID(), `grant ${crypto.randomUUID()}`];
      const expires = new Date(clock.at.getTime() + 10 * minute);
      const proofs = [proofAt('2027-03-01T11:00:00.000Z'), proofAt('2027-03-01T11:30:00.000Z')];
      await mine.sessions.add(session, proofs, expires);
      await mine.sessions.add(session, [proofAt('2027-03-01T10:00:00.000Z')], clock.at);
      for (let turn = 0; turn < 2; turn++) assert.deepEqual(await mine.sessions.copy(session, grant, expires), proofs);
      assert.deepEqual(await mine.sessions.proofs(grant), proofs);
      assert.deepEqual(await mine.sessions.copy('unknown', grant, expires), []);
    });
  });
}
