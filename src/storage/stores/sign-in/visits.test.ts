import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import type { Flow, Handoff } from '#model/sign-in.ts';
import { describeOnNodes, twoTenants } from '#test/contract/each-database.ts';
import type { TenantStorage } from '../../storage.ts';

const minute = 60_000;

/** Proofs as a store sees them: it reads who, how, and when. */
const proofAt = (at: string, userId = 'u'): Proof => ({ userId, method: 'password', at }) as unknown as Proof;

describeOnNodes('visits to the sign-in pages', ({ clock, nodes, reopen }) => {
  let tenantId: string;
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    const tenants = await twoTenants(nodes()[0]);
    tenantId = tenants.ids[0]!;
    ({ mine, otherTenant } = tenants);
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
    const node = nodes().at(-1)!;
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
    const there = nodes().at(-1)!.forTenant(tenantId);
    const destroy = ({ oidcRecords }: TenantStorage) => oidcRecords.destroy('Interaction', uid);
    const ends = await Promise.all([mine, there, mine, there].map(destroy));
    assert.deepEqual(ends.toSorted(), [false, false, false, true]);
    await there.flows.put(flow);
    assert.equal(await destroy(mine), false);
  });

  test('a request reads what it has written itself', async () => {
    const { uid, flow } = await begin();
    await nodes()[0].inRequest(async () => {
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

  test('a visit that ended and begins again stays as long as its longest part', async () => {
    const uid = crypto.randomUUID();
    const interaction = { uid, prompt: 'login' };
    await mine.oidcRecords.upsert('Interaction', uid, interaction, 3600);
    await mine.oidcRecords.destroy('Interaction', uid);
    await mine.flows.put(flowOf(uid));
    await mine.oidcRecords.upsert('Interaction', uid, interaction, 3600);
    clock.pass(45 * minute);
    await nodes()[0].prune(clock.at, { signInsSince: new Date(0), changesSince: new Date(0) });
    assert.deepEqual(await mine.oidcRecords.find('Interaction', uid), interaction);
  });

  test('a visit outlives a restart', async () => {
    const { uid, flow } = await begin();
    await reopen();
    mine = nodes()[0].forTenant(tenantId);
    assert.deepEqual(await mine.oidcRecords.find('Interaction', uid), { uid, prompt: 'login' });
    assert.deepEqual(await mine.flows.find(flow.id, clock.at), flow);
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

  test('of ten that take a handoff together one gets it, and none after sixty seconds', async () => {
    const handoff = {
      id: crypto.randomUUID(),
      interactionUid: 'i',
      userId: 'u',
      proofs: [],
      expires: new Date(clock.at.getTime() + minute),
    };
    await mine.handoffs.put(handoff);
    assert.equal(await otherTenant.handoffs.take(handoff.id, clock.at), undefined, 'another tenant gets nothing');
    const duration = await Promise.all(Array.from({ length: 10 }, () => mine.handoffs.take(handoff.id, clock.at)));
    assert.deepEqual(duration.filter(Boolean), [handoff]);
    const late = { ...handoff, id: crypto.randomUUID() };
    await mine.handoffs.put(late);
    assert.equal(await mine.handoffs.take(late.id, new Date(clock.at.getTime() + minute)), undefined);
  });

  test('a flow is found by id and by interaction, replaced as a whole, and gone when it has expired', async () => {
    const flow = flowOf(crypto.randomUUID());
    await mine.flows.put(flow);
    await mine.flows.put({ ...flow, username: 'ana@woodgrove.test' });
    const expect = { ...flow, username: 'ana@woodgrove.test' };
    assert.deepEqual(await mine.flows.find(flow.id, clock.at), expect);
    assert.deepEqual(await mine.flows.findByInteraction(flow.interactionUid, clock.at), expect);
    assert.equal(await otherTenant.flows.find(flow.id, clock.at), undefined);
    assert.equal(await mine.flows.find(flow.id, flow.expires), undefined);
  });

  test('a session keeps its proofs in the order they were shown, for its tenant alone', async () => {
    const proofs = [
      { method: 'password', userId: 'u', at: '2027-03-01T11:00:00.000Z' },
      { method: 'x509CertificateSingleFactor', userId: 'u', at: '2027-03-01T12:00:00.000Z' },
    ] as const;
    const expires = new Date(clock.at.getTime() + minute);
    await mine.sessions.add('s', [proofs[1]], expires);
    await mine.sessions.add('s', [proofs[0]], expires);
    assert.deepEqual(await mine.sessions.proofs('s'), proofs);
    assert.deepEqual(await otherTenant.sessions.proofs('s'), []);
    await mine.sessions.end('s');
    assert.deepEqual(await mine.sessions.proofs('s'), []);
  });

  test('what a session has proven is forgotten when the session has expired, and two proofs of one moment are two', async () => {
    const at = '2027-03-01T12:00:00.000Z';
    const [password, card] = [
      { method: 'password', userId: 'u', at },
      { method: 'x509CertificateSingleFactor', userId: 'u', at },
    ] as const;
    const expires = new Date(clock.at.getTime() + minute);
    await mine.sessions.add('s', [password], expires);
    await mine.sessions.add('s', [card], expires);
    await mine.sessions.add('s', [card], new Date(expires.getTime() + minute));
    assert.deepEqual(await mine.sessions.proofs('s'), [password, card]);
    clock.pass(minute);
    assert.deepEqual(await mine.sessions.proofs('s'), [card]);
    clock.pass(minute);
    assert.deepEqual(await mine.sessions.proofs('s'), []);
  });
});
