import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openDatabase, type Place } from '#storage/database/open.ts';
import type { Database } from '#storage/database/schema.ts';
import { databasesUnderTest, openAt } from '#test/contract/databases.ts';
import { userOf } from '#test/contract/user-of.ts';
import { refusedWith } from '#test/refused-with.ts';
import { refuseMailTaken, refuseTaken } from './user-names.ts';

const tenantId = crypto.randomUUID();
const ana = userOf('ana@woodgrove.test', {
  mail: 'ana@mail.test',
  onPremisesUserPrincipalName: 'ana@ad.test',
  certificateUserIds: ['X509:<PN>ana@card.test'],
});

for (const underTest of databasesUnderTest())
  describe(`names and addresses that are taken, on ${underTest.name}`, { skip: underTest.missing ?? false }, () => {
    let place: Place;
    let database: Database;
    before(async () => {
      place = await underTest.place();
      const storage = await openAt(place);
      const domains = [{ id: 'woodgrove.test', authenticationType: 'Managed', isVerified: true } as const];
      await storage.tenants.add({ id: tenantId, displayName: 'Woodgrove', domains });
      await storage.forTenant(tenantId).users.add(ana, 'test');
      await storage.close();
      database = await openDatabase(place);
    });
    after(async () => {
      await database?.destroy();
      underTest.end();
    });

    for (const { name, user, taken } of [
      { name: 'nothing of hers', user: userOf('ben@woodgrove.test'), taken: undefined },
      { name: 'her name', user: userOf('ANA@woodgrove.test'), taken: 'userPrincipalNameTaken' },
      {
        name: 'her name on premises',
        user: userOf('b@x.test', { onPremisesUserPrincipalName: 'ANA@ad.test' }),
        taken: 'userPrincipalNameTaken',
      },
      {
        name: 'her value',
        user: userOf('b@x.test', { certificateUserIds: ['X509:<PN>Ana@card.test'] }),
        taken: 'certificateUserIdTaken',
      },
      { name: 'her values, as she has them', user: ana, taken: undefined },
    ])
      test(`a user with ${name} (UB-16): ${taken ?? 'free'}`, async () => {
        const check = (tenant: string) => refuseTaken({ database, tenantId: tenant }, user);
        if (taken) await assert.rejects(check(tenantId), refusedWith(taken));
        else await check(tenantId);
        await check(crypto.randomUUID()); // another tenant
      });

    for (const { name, user, isTaken } of [
      { name: 'her address', user: userOf('b@x.test', { mail: 'ANA@mail.test' }), isTaken: true },
      { name: 'her user name as address', user: userOf('b@x.test', { mail: 'ana@woodgrove.test' }), isTaken: true },
      { name: 'her address as user name', user: userOf('ana@mail.test'), isTaken: true },
      { name: 'another address', user: userOf('b@x.test', { mail: 'b@mail.test' }), isTaken: false },
      { name: 'her address, as she has it', user: ana, isTaken: false },
    ])
      test(`a user with ${name}: ${isTaken ? 'mailTaken' : 'free'}`, async () => {
        const check = refuseMailTaken({ database, tenantId }, user);
        if (isTaken) await assert.rejects(check, refusedWith('mailTaken'));
        else await check;
      });
  });
