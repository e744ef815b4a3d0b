import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { PresentedCertificate, SignInRecord } from '#model/sign-in.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';

const minute = 60_000;
/** Minutes. */
const day = 24 * 60;

for (const database of databasesUnderTest()) {
  describe(`certificates of the sign-in log on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let mine: TenantStorage;
    let other: TenantStorage;
    before(async () => {
      storage = await openAt(await database.place(), clock);
    });
    beforeEach(async () => {
      const [item, two] = [crypto.randomUUID(), crypto.randomUUID()];
      for (const id of [item, two]) await storage.tenants.add({ id, displayName: id, domains: [] });
      [mine, other] = [storage.forTenant(item), storage.forTenant(two)];
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    const moment = (minutes: number) => new Date(clock.at.getTime() + minutes * minute);
    const entry = (name: string, minutes: number): SignInRecord => ({
      id: crypto.randomUUID(),
      correlationId: crypto.randomUUID(),
      createdDateTime: moment(minutes),
      status: 'failure',
      because: { code: 'issuerNotTrusted', evidence: { subject: 's', issuer: 'i', authorityKeyIdentifier: '' } },
      userId: name.toLowerCase(),
      userPrincipalName: name,
      userDisplayName: '',
      appId: 'a',
      appDisplayName: 'App',
      resourceId: '',
      ipAddress: '::1',
      userAgent: '',
      isInteractive: true,
      proofs: [],
      trace: {
        version: 1,
        correlationId: 'c',
        at: clock.at.toISOString(),
        policyVersion: 'factory',
        findings: [],
      },
    });
    const [one, two]: PresentedCertificate[] = [1, 2].map((number) => ({
      tbsSha256: `${number}`.repeat(64),
      der: Uint8Array.of(0x30, 1, number),
    }));
    const items = { since: new Date(0), top: 100 };

    test('of each name with each certificate the newest entry is given, newest first, to its tenant alone', async () => {
      const [older, newer] = [entry('ana@woodgrove.test', 0), entry('Ana@Woodgrove.test', 2)];
      const [otherCard, otherName] = [entry('ana@woodgrove.test', 1), entry('ben@woodgrove.test', 3)];
      await mine.signInLog.append(newer, one);
      await mine.signInLog.append(older, one);
      await mine.signInLog.append(otherCard, two);
      await mine.signInLog.append(otherName, one);
      await mine.signInLog.append(entry('cleo@woodgrove.test', 4));
      assert.deepEqual(await mine.signInLog.tried(items), [
        { record: otherName, der: one!.der },
        { record: newer, der: one!.der },
        { record: otherCard, der: two!.der },
      ]);
      assert.deepEqual(
        (await mine.signInLog.tried({ ...items, top: 1 })).map(({ record }) => record.id),
        [otherName.id],
      );
      assert.deepEqual(
        (await mine.signInLog.tried({ since: moment(2), top: 100 })).map(({ record }) => record.id),
        [otherName.id, newer.id],
      );
      assert.deepEqual(
        (await mine.signInLog.tried({ ...items, userIds: ['ben@woodgrove.test'] })).map(({ record }) => record.id),
        [otherName.id],
      );
      assert.deepEqual(await mine.signInLog.tried({ ...items, userIds: [] }), []);
      assert.deepEqual(await other.signInLog.tried(items), []);
    });

    test('a certificate is kept as long as the newest entry that names it', async () => {
      await mine.signInLog.append(entry('ana@woodgrove.test', -20 * day), one);
      await mine.signInLog.append(entry('ana@woodgrove.test', -20 * day), two);
      await mine.signInLog.append(entry('ben@woodgrove.test', 0), one);
      await storage.prune(clock.at, { signInsSince: moment(-10 * day) });
      const left = await mine.signInLog.tried(items);
      assert.deepEqual(
        left.map(({ record, der }) => [record.userPrincipalName, der]),
        [['ben@woodgrove.test', one!.der]],
      );
      await mine.signInLog.append(entry('dan@woodgrove.test', 1), two);
      assert.equal((await mine.signInLog.tried(items)).length, 2, 'one that was forgotten is stored again');
    });

    test('ten sign-ins with one certificate at one moment are ten entries and one certificate', async () => {
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => mine.signInLog.append(entry(`u${index}@woodgrove.test`, 0), one)),
      );
      assert.equal((await mine.signInLog.tried(items)).length, 10);
    });
  });
}
