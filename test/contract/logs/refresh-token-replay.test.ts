import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { parallelUseWindow, reuseWindowOf } from '#core/token/refresh-token-use.ts';
import { RefreshTokenReplay } from '#oidc/tokens/refresh-token-replay.ts';
import type { OidcRecords } from '#ports/applications.ts';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, nodesAt, TestClock } from '../databases.ts';

for (const database of databasesUnderTest()) {
  describe(`replay of refresh tokens on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let nodes: readonly Storage[] = [];
    before(async () => {
      nodes = await nodesAt(await database.place(), clock);
    });
    after(async () => {
      for (const node of nodes) await node.close();
      database.end();
    });

    async function input(lifetime: number, clientId = 'app') {
      const tenantId = crypto.randomUUID();
      const [records, others] = [nodes[0]!, nodes.at(-1)!].map((node) => node.forTenant(tenantId).oidcRecords);
      const id = crypto.randomUUID();
      const iiat = Math.floor(clock.now().getTime() / 1000);
      const token = { grantId: id, clientId, accountId: 'ana', iiat, exp: iiat + lifetime };
      await records!.upsert('RefreshToken', id, token, lifetime);
      await records!.upsert('Grant', id, {}, lifetime);
      const result = (store: OidcRecords) => new RefreshTokenReplay(store, clock);
      return { id, records: records!, one: result(records!), other: result(others!) };
    }
    const replayed = { error_description: 'grant request is invalid', error_detail: 'refresh token already used' };
    const hasEnded = async (records: OidcRecords, id: string) => (await records.find('Grant', id)) === undefined;

    test('a client that is not a single-page application redeems twice at once, and once more within the window', async () => {
      const { id, records, one: firstUse, other: otherUse } = await input(defaultLifetimes.refreshToken);
      await Promise.all([firstUse.find(id), otherUse.find(id)]);
      await Promise.all([firstUse.consume(id), otherUse.consume(id)]);
      clock.pass(parallelUseWindow);
      assert.equal((await otherUse.find(id))?.consumed, undefined);
      assert.equal(await hasEnded(records, id), false);
    });

    test('after the window the grant ends', async () => {
      const { id, records, one: firstUse, other: otherUse } = await input(defaultLifetimes.refreshToken);
      await firstUse.consume(id);
      clock.pass(parallelUseWindow + 1);
      await assert.rejects(otherUse.find(id), replayed);
      assert.equal(await hasEnded(records, id), true);
      assert.equal(await otherUse.find(id), undefined);
    });

    test('the authentication broker redeems again within ten minutes, after which the grant ends', async () => {
      const { id, records, one: firstUse, other: otherUse } = await input(defaultLifetimes.refreshToken, brokerAppId);
      await firstUse.consume(id);
      clock.pass(reuseWindowOf(brokerAppId));
      assert.equal((await otherUse.find(id))?.consumed, undefined);
      await otherUse.consume(id);
      clock.pass(1);
      await assert.rejects(otherUse.find(id), replayed);
      assert.equal(await hasEnded(records, id), true);
    });

    test('from another address the grant ends, within the window, too', async () => {
      const { id, records, other: otherUse } = await input(defaultLifetimes.refreshToken);
      await records.consume('RefreshToken', id, '192.0.2.1');
      await assert.rejects(otherUse.find(id), replayed);
      assert.equal(await hasEnded(records, id), true);
    });

    test('two uses at once of a single-page application’s token end the grant, and the first one sees it', async () => {
      const { id, records, one: firstUse, other: otherUse } = await input(defaultLifetimes.refreshTokenInBrowser);
      await Promise.all([firstUse.find(id), otherUse.find(id)]);
      const ends = await Promise.allSettled([firstUse.consume(id), otherUse.consume(id)]);
      assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      await records.upsert('RefreshToken', 'the winner’s', { grantId: id }, 60);
      await records.upsert('Grant', id, {}, 60);
      const ctx = { oidc: { entities: { RotatedRefreshToken: { jti: id, grantId: id } } } };
      assert.equal(await firstUse.wasEndedMeanwhile(ctx as never), true);
      assert.equal(await records.find('RefreshToken', 'the winner’s'), undefined);
      assert.equal(await hasEnded(records, id), true);
    });
  });
}
