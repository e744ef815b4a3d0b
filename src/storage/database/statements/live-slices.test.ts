import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { after, describe, test } from 'node:test';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { userOf } from '#test/contract/user-of.ts';
import { openDatabase } from '../open.ts';
import type { StatementMessage } from './statement-channel.ts';

/** More than one slice. */
const count = 250;
const nameOf = (kind: string, i: number): string => `${kind}${String(i).padStart(4, '0')}`;

for (const database of databasesUnderTest())
  describe(`what live sign-ins rest on, on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    test(`${count} live users and certificates are read in slices, each once; those of the past are left out`, async () => {
      const place = await database.place();
      const clock = new TestClock();
      const tenantId = crypto.randomUUID();
      const first = await openAt(place, clock);
      const domains = [{ id: `${tenantId}.test`, authenticationType: 'Managed', isVerified: true } as const];
      await first.tenants.add({ id: tenantId, displayName: 'Live', domains });
      const [activeUser, disabledUser] = [userOf('ana@live.test'), userOf('ben@live.test', { accountEnabled: false })];
      for (const user of [activeUser, disabledUser]) await first.forTenant(tenantId).users.add(user, 'test');
      await first.close();
      const direct = await openDatabase(place);
      const now = clock.at.getTime();
      const proof = (i: number, user_id: string, expires_at: number) => ({
        ...{ tenant_id: tenantId, session_uid: nameOf('s', i), position: `${i}`, document: '{}', expires_at },
        ...{ user_id, certificate: nameOf('c', i) },
      });
      const proofsOfMissing = Array.from({ length: count }, (_, i) => proof(i, nameOf('u', i), now + 1000));
      const furtherProofs = [
        proof(count, activeUser.id, now + 1000),
        proof(count + 1, disabledUser.id, now + 1000),
        proof(count + 2, 'expired', now),
      ];
      const proofs = [...proofsOfMissing, ...furtherProofs];
      for (let begin = 0; begin < proofs.length; begin += 100)
        await direct
          .insertInto('session_proofs')
          .values(proofs.slice(begin, begin + 100))
          .execute();
      const certificates = proofs.map(({ certificate }) => ({
        ...{ tenant_id: tenantId, sha256: certificate, certificate: 'AQ==', expires_at: now + 5000 },
      }));
      for (let begin = 0; begin < certificates.length; begin += 100)
        await direct
          .insertInto('shown_certificates')
          .values(certificates.slice(begin, begin + 100))
          .execute();
      await direct.destroy();
      const storage = await openAt(place, clock);
      const texts: string[] = [];
      const hear = (message: unknown) => void texts.push((message as StatementMessage).sql);
      subscribe('cardea.database.statement', hear);
      const { live } = storage.forTenant(tenantId);
      const keys = (await live.certificates()).map(({ key }) => key);
      unsubscribe('cardea.database.statement', hear);
      assert.deepEqual(
        [...keys].sort(),
        Array.from({ length: count + 2 }, (_, i) => nameOf('c', i)),
      );
      assert.ok(texts.length >= 2, `${texts.length} statements`);
      for (const text of texts) assert.match(text, /\blimit\b/);
      await live.endOfGone('cardea');
      const audits = await storage.forTenant(tenantId).audits.list({ top: count * 2 });
      const targets = audits.filter(({ activity }) => activity === 'End sign-ins of disabled user');
      assert.deepEqual(
        targets.map(({ targetId }) => targetId).sort(),
        [...proofsOfMissing.map(({ user_id }) => user_id), disabledUser.id].sort(),
      );
      await storage.close();
    });
  });
