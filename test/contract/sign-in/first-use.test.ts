import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { isFirstUse } from '#device/first-use.ts';
import type { Application } from '#model/application.ts';
import { readClientAssertion } from '#oidc/provider/client-assertion.ts';
import { tokenFormOf } from '#signin/device/token-form.ts';
import { openFlowToken, sealFlowToken, spendFlowToken } from '#signin/scripted/flow-secrets.ts';
import type { Storage } from '#storage/storage.ts';
import { testCa } from '../../pki/test-ca.ts';
import { databasesUnderTest, nodesAt, TestClock } from '../databases.ts';

for (const database of databasesUnderTest()) {
  describe(`what is taken once is taken once on every node of ${database.name}`, {
    skip: database.missing ?? false,
  }, () => {
    const clock = new TestClock();
    const tenantId = crypto.randomUUID();
    let nodes: readonly Storage[] = [];
    before(async () => {
      nodes = await nodesAt(await database.place(), clock);
    });
    after(async () => {
      for (const node of nodes) await node.close();
      database.end();
    });
    const stores = (index: number) => nodes[index % nodes.length]!.forTenant(tenantId);
    const taken = (answers: readonly boolean[]) => answers.filter(Boolean).length;

    test('a request that a device signs, an assertion and a SID proof: by one of ten at once, and by none after', async () => {
      const text = crypto.randomUUID();
      const use = (index: number) => isFirstUse(text, 900, stores(index).oidcRecords);
      assert.equal(taken(await Promise.all(Array.from({ length: 10 }, (_, index) => use(index)))), 1);
      clock.pass(899_000);
      assert.deepEqual([await use(0), await use(1)], [false, false]);
    });

    test('a client assertion from ten addresses at once: it is held to one of them, however often', async () => {
      const appId = crypto.randomUUID();
      const card = testCa('Service').issueUserCertificate({ subject: 'CN=Service', key: 'RSA-2048' });
      const keyCredential = {
        ...{ keyId: 'k', displayName: 'k', certificate: Buffer.from(card.der).toString('base64') },
        ...{ startDateTime: '2020-01-01T00:00:00Z', endDateTime: '2099-01-01T00:00:00Z' },
      };
      const application = { appId, displayName: 'App', keyCredentials: [keyCredential] } as unknown as Application;
      const seconds = Math.floor(clock.at.getTime() / 1000);
      for (let turn = 0; turn < 10; turn++) {
        const assertion = await new SignJWT({ iss: appId, sub: appId, jti: crypto.randomUUID(), exp: seconds + 600 })
          .setProtectedHeader({ alg: 'PS256', 'x5t#S256': createHash('sha256').update(card.der).digest('base64url') })
          .setAudience('https://login.test/')
          .sign(card.privateKey);
        const use = async (index: number) => {
          const form = tokenFormOf(
            Object.entries({
              client_id: appId,
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              client_assertion: assertion,
              scope: `${index} ${crypto.randomUUID()}`,
            }),
          );
          const ipAddress = `192.0.2.${index}`;
          const request = { form, ipAddress, isBasic: false, audiences: ['https://login.test/'], at: clock.at };
          const { oidcRecords: records } = stores(index);
          const answer = await readClientAssertion(request, {
            ...{ findApplication: async () => application, records, tenant: 'tenant' },
          });
          const isProven = answer.outcome === 'passed';
          assert.ok(isProven || answer.because.code === 'clientAssertionReplayed', JSON.stringify(answer));
          return isProven;
        };
        const first = await Promise.all(Array.from({ length: 10 }, (_, index) => use(index)));
        assert.equal(taken(first), 1);
        const again = await Promise.all(Array.from({ length: 10 }, (_, index) => use(index)));
        assert.deepEqual(again, first, 'the address that used it first continues with it');
      }
    });

    test('a flow token of a sign-in without pages', async () => {
      const sealing = {
        seal: (text: string) => Buffer.from(text).toString('base64url'),
        open: (text: string) => Buffer.from(text, 'base64url').toString(),
      };
      const context = { interactionUid: 'i', tenantId, cookies: {}, expires: 0 };
      const sealed = sealFlowToken(context, { proofs: 0 }, sealing, clock.at);
      const token = openFlowToken(sealed, context, sealing, clock.at)!;
      const spend = (index: number) => spendFlowToken(token, stores(index).attempts);
      assert.equal(taken(await Promise.all(Array.from({ length: 10 }, (_, index) => spend(index)))), 1);
      assert.deepEqual([await spend(0), await spend(1)], [false, false]);
    });
  });
}
