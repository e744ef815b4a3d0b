import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ObjectParty, ObjectSlice } from '#ports/objects.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import type { Storage, TenantStorage } from '../../storage.ts';

for (const database of databasesUnderTest()) {
  describe(`directory objects on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let mine: TenantStorage;
    let otherTenant: TenantStorage;

    before(async () => {
      storage = await openAt(await database.place(), clock);
    });
    beforeEach(async () => {
      [mine, otherTenant] = [storage.forTenant(crypto.randomUUID()), storage.forTenant(crypto.randomUUID())];
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    const testEntry = { activity: 'Add thing', actor: 'ga' };

    test('an audit row has of a document what its entry says', async () => {
      const auditEntry = {
        activity: 'Update user',
        actor: 'test',
        audited: (document: unknown) => ({ size: (document as { octets: string }).octets.length }),
      };
      const object = { kind: 'pictures', id: crypto.randomUUID(), owner: undefined, document: { octets: 'abc' } };
      await mine.objects.add(object, auditEntry);
      await mine.objects.change(object.kind, object.id, () => ({ octets: 'abcd' }), auditEntry);
      await mine.objects.remove(object.kind, object.id, auditEntry);
      const values = (await mine.audits.list({ top: 3, targetId: object.id })).map((row) => [
        row.oldValue,
        row.newValue,
      ]);
      // The clock stands still, so the rows have one time.
      const expect = [
        [{ size: 4 }, undefined],
        [{ size: 3 }, { size: 4 }],
        [undefined, { size: 3 }],
      ];
      const sorted = (list: readonly unknown[]) => list.map((row) => JSON.stringify(row)).sort();
      assert.deepEqual(sorted(values), sorted(expect));
    });

    test('a document is found by its kind, id and owner, and by its own tenant alone', async () => {
      const object = { kind: 'things', id: 't1', owner: 'ana', document: { name: 'one' } };
      await mine.objects.add(object, testEntry);
      assert.deepEqual(await mine.objects.find('things', 't1'), { ...object, createdDateTime: clock.at });
      assert.equal((await mine.objects.list('things', 'ana')).length, 1);
      assert.equal((await mine.objects.list('things', 'bob')).length, 0);
      for (const owner of ['bob', 'cleo']) await mine.objects.add({ ...object, id: `of ${owner}`, owner }, testEntry);
      const ofOwners = async (...owners: string[]) =>
        (await mine.objects.ofOwners('things', owners)).map(({ id }) => id);
      assert.deepEqual(await ofOwners('cleo', 'ana', 'dan'), ['of cleo', 't1']);
      assert.deepEqual(await ofOwners(), []);
      assert.deepEqual(await otherTenant.objects.ofOwners('things', ['ana']), []);
      assert.equal(await mine.objects.find('others', 't1'), undefined);
      assert.equal(await otherTenant.objects.find('things', 't1'), undefined);
      assert.equal(await otherTenant.objects.remove('things', 't1', testEntry), false);
    });

    test('assignments, grants and owners are found by each of their parties, page by page in the order of ids', async () => {
      const parties: readonly ObjectParty[] = [
        { kind: 'appRoleAssignments', property: 'resourceId', id: 'payroll' },
        { kind: 'oauth2PermissionGrants', property: 'principalId', id: 'payroll' },
        { kind: 'oauth2PermissionGrants', property: 'resourceId', id: 'payroll' },
        { kind: 'applicationOwners', property: 'ownerId', id: 'payroll' },
      ];
      for (const party of parties) {
        const { kind, property } = party;
        for (let count = 0; count < 7; count++) {
          const object = { owner: 'ana', document: { [property]: count % 2 === 0 ? 'payroll' : 'wiki' } };
          await mine.objects.add({ kind, id: `${property} ${6 - count}`, ...object }, testEntry);
        }
        await otherTenant.objects.add(
          { kind, id: `${property} 0`, owner: 'ana', document: { [property]: 'payroll' } },
          testEntry,
        );
        const ids = async (slice?: ObjectSlice) =>
          (await mine.objects.ofParty(party, slice)).map(({ id }) => id.slice(-1));
        assert.deepEqual(await ids(), ['0', '2', '4', '6']);
        assert.deepEqual(await ids({ top: 2, after: undefined }), ['0', '2']);
        assert.deepEqual(await ids({ top: 2, after: `${property} 2` }), ['4', '6']);
        assert.deepEqual(await ids({ top: 2, after: `${property} 6` }), []);
        assert.deepEqual(await mine.objects.ofParty({ ...party, id: 'nothing' }), []);
      }
    });

    test('of twenty writers that count one document up together no step is lost, and every step is in the audit log', async () => {
      await mine.objects.add({ kind: 'things', id: 't1', owner: undefined, document: { count: 0 } }, testEntry);
      const up = ({ count }: { count: number }) => ({ count: count + 1 });
      await Promise.all(Array.from({ length: 20 }, () => mine.objects.change('things', 't1', up, testEntry)));
      assert.deepEqual((await mine.objects.find('things', 't1'))?.document, { count: 20 });
      const changes = (await mine.audits.list({ top: 50 })).filter(({ oldValue }) => oldValue !== undefined);
      const counts = changes.map(({ newValue }) => (newValue as { count: number }).count).sort((a, b) => a - b);
      assert.deepEqual(
        counts,
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
      assert.equal(await mine.objects.change('things', 'nobody', up, testEntry), undefined);
    });
  });
}
