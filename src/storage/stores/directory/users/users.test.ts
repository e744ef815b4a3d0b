import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { TenantStorage } from '#storage/storage.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { userOf } from '#test/contract/user-of.ts';

describeOnEachDatabase('the users of a tenant', ({ storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
  });

  test('names are found in any case, values of certificateUserIds by their normal form (UB-29)', async () => {
    const ana = userOf('Ana@Woodgrove.test', {
      onPremisesUserPrincipalName: 'ana@wood.local',
      certificateUserIds: ['X509:<SKI>AB12', 'X509:<PN>ana@mil'],
    });
    await mine.users.add(ana, 'test');
    const answers = await mine.directory.answer([
      { property: 'userPrincipalName', value: 'ANA@woodgrove.TEST' },
      { property: 'onPremisesUserPrincipalName', value: 'Ana@Wood.Local' },
      { property: 'certificateUserIds', value: 'X509:<SKI>ab12' },
      { property: 'certificateUserIds', value: 'X509:<SKI>ab13' },
      { property: 'userPrincipalName', value: 'ana@woodgrove.test\u0000' },
    ]);
    assert.deepEqual(
      answers.map(({ users }) => users),
      [[ana], [ana], [ana], [], []],
    );
    assert.deepEqual(await mine.users.find('ana@woodgrove.test'), ana);
    assert.equal(await otherTenant.users.find('ana@woodgrove.test'), undefined);
  });

  const part = [
    { name: 'a user principal name', code: 'userPrincipalNameTaken', second: () => userOf('ANA@woodgrove.test') },
    {
      name: 'an on-premises name',
      code: 'userPrincipalNameTaken',
      second: () => userOf('ben@woodgrove.test', { onPremisesUserPrincipalName: 'ANA@wood.local' }),
    },
    {
      name: 'a certificateUserIds value',
      code: 'certificateUserIdTaken',
      second: () => userOf('ben@woodgrove.test', { certificateUserIds: ['X509:<SKI>ab12'] }),
    },
  ];
  for (const { name, code, second } of part) {
    test(`${name} is one user's in a tenant, also when two writers race (UB-16); another tenant may have it`, async () => {
      const ana = userOf('ana@woodgrove.test', {
        onPremisesUserPrincipalName: 'ana@wood.local',
        certificateUserIds: ['X509:<SKI>AB12'],
      });
      const end = await Promise.allSettled([mine.users.add(ana, 'test'), mine.users.add(second(), 'test')]);
      const refusal = end.filter((item) => item.status === 'rejected');
      assert.deepEqual(
        refusal.map(({ reason }) => reason.because?.code ?? reason),
        [code],
      );
      await otherTenant.users.add({ ...second(), id: crypto.randomUUID() }, 'test');
      assert.equal((await mine.users.list({ top: 10 })).length, 1, 'nothing half-applied');
    });
  }

  const ana = { name: 'ana@woodgrove.test', mail: 'Ana.Ruiz@woodgrove.test' } as const;
  const addresses: readonly (readonly [string, Parameters<typeof userOf>[0], Parameters<typeof userOf>[1]])[] = [
    ['the mail address of another user', 'ben@woodgrove.test', { mail: ana.mail }],
    ['the mail address of another user in another case', 'ben@woodgrove.test', { mail: ana.mail.toUpperCase() }],
    ['the user principal name of another user as mail address', 'ben@woodgrove.test', { mail: 'ANA@woodgrove.test' }],
    ['the mail address of another user as user principal name', ana.mail.toLowerCase(), {}],
  ];
  for (const [name, userPrincipalName, change] of addresses) {
    test(`${name} is taken: for a new user, a changed one and a restored one`, async () => {
      const owner = userOf(ana.name, { mail: ana.mail });
      const taken = (problem: { because?: { code: string } }) => problem.because?.code === 'mailTaken';
      const early = userOf(userPrincipalName, change);
      await mine.users.add(early, 'test');
      await mine.users.remove(early.id, 'test');
      await mine.users.add(owner, 'test');
      await assert.rejects(mine.users.restore(early.id, 'test'), taken);
      await assert.rejects(mine.users.add(userOf(userPrincipalName, change), 'test'), taken);
      const otherTenant = userOf('other@woodgrove.test');
      await mine.users.add(otherTenant, 'test');
      await assert.rejects(mine.users.update({ ...otherTenant, userPrincipalName, ...change }, 'test'), taken);
      await mine.users.update({ ...owner, displayName: 'Ana', mail: owner.userPrincipalName }, 'test');
      assert.equal((await mine.users.list({ top: 10 })).length, 2);
    });
  }

  test('a changed user keeps nothing of the old values, and the old values are free again (UB-23)', async () => {
    const ana = userOf('ana@woodgrove.test', { certificateUserIds: ['X509:<SKI>AB12'] });
    await mine.users.add(ana, 'test');
    await mine.users.update({ ...ana, userPrincipalName: 'ana2@woodgrove.test', certificateUserIds: [] }, 'test');
    await mine.users.add(userOf('ana@woodgrove.test', { certificateUserIds: ['X509:<SKI>AB12'] }), 'test');
    assert.deepEqual((await mine.users.list({ top: 10 })).map(({ userPrincipalName }) => userPrincipalName).sort(), [
      'ana2@woodgrove.test',
      'ana@woodgrove.test',
    ]);
  });

  const unknown = { kind: 'user', wanted: 'nobody' };
  test('who is not there is not changed: no value is taken, no audit row is written', async () => {
    const nobody = userOf('nobody@woodgrove.test', { id: 'nobody', certificateUserIds: ['X509:<SKI>AB12'] });
    const refusal = { because: { code: 'nothingFound', evidence: unknown } };
    await assert.rejects(mine.users.update(nobody, 'test'), refusal);
    await assert.rejects(mine.users.setPasswordHash('nobody', '$argon2id$x', 'test'), refusal);
    assert.deepEqual(await mine.audits.list({ top: 10 }), []);
    const ana = userOf('ana@woodgrove.test', { certificateUserIds: nobody.certificateUserIds });
    await mine.users.add(ana, 'test');
    await assert.rejects(otherTenant.users.update(ana, 'test'), {
      because: { code: 'nothingFound', evidence: { kind: 'user', wanted: ana.id } },
    });
  });

  test('users are listed in pages that neither repeat nor leave out a user', async () => {
    for (let n = 0; n < 7; n++) await mine.users.add(userOf(`u${n}@woodgrove.test`), 'test');
    const seenKeys: string[] = [];
    for (let after: string | undefined; ; ) {
      const part = await mine.users.list({ top: 3, ...(after ? { after } : {}) });
      seenKeys.push(...part.map(({ id }) => id));
      if (part.length < 3) break;
      after = part.at(-1)!.id;
    }
    assert.equal(new Set(seenKeys).size, 7);
    assert.equal(seenKeys.length, 7);
  });

  test('a password hash and the last method are kept with the user and are not part of it', async () => {
    const ana = userOf('ana@woodgrove.test');
    await mine.users.add(ana, 'test');
    await mine.users.setPasswordHash(ana.id, '$argon2id$x', 'test');
    await mine.directory.rememberMethod(ana.id, 'x509CertificateMultiFactor');
    await mine.users.update({ ...ana, displayName: 'Ana R.' }, 'test');
    assert.equal(await mine.directory.passwordHash(ana.id), '$argon2id$x');
    assert.equal(await mine.directory.lastMethod(ana.id), 'x509CertificateMultiFactor');
    assert.deepEqual(await mine.directory.user(ana.id), { ...ana, displayName: 'Ana R.' });
  });

  test('of two who change different properties of one user together neither loses', async () => {
    const ana = userOf('ana@woodgrove.test');
    await mine.users.add(ana, 'test');
    const put = (name: string) =>
      mine.users.change(ana.id, 'test', (entry) => ({ ...entry, profile: { ...entry.profile, [name]: name } }));
    await Promise.all(['givenName', 'surname', 'jobTitle', 'department'].map(put));
    const [entry] = await mine.users.entriesOf([ana.id]);
    assert.deepEqual(Object.keys(entry!.profile).sort(), ['department', 'givenName', 'jobTitle', 'surname']);
  });
});
