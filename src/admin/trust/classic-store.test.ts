import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { Code } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { TenantStorage } from '#storage/storage.ts';
import { openAt } from '#test/contract/databases.ts';
import { describeOnEachDatabase } from '#test/contract/each-database.ts';
import {
  actor,
  base64,
  card,
  classic,
  day,
  hex,
  issuing,
  list,
  otherItem,
  refusesWith,
  root,
  unusable,
} from '#test/contract/trust/cas.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { addAuthorities, addAuthority, changeAuthority, removeAuthority } from './authorities.ts';
import { detailsOf } from './authority/authority-rules.ts';
import { classicStoreId, classicStoreOf, deleteClassicStore, replaceClassicStore } from './classic-store.ts';

describeOnEachDatabase('the classic trust store', ({ clock, database, storage }) => {
  let ports: TenantStorage;
  beforeEach(() => {
    ports = storage().forTenant(crypto.randomUUID());
  });

  const activities = async () => (await ports.audits.list({ top: 100 })).map(({ activity }) => activity);
  const replace = (...cas: Parameters<typeof replaceClassicStore>[0]) =>
    replaceClassicStore(cas, { at: clock.at, actor, ports }).then(orThrow);

  describe('classic', () => {
    test('the whole list is replaced, told with computed values, and gone when it is empty', async () => {
      assert.equal(await classicStoreOf(ports), undefined);
      const first = await replace(classic(root, true, list), classic(issuing, false));
      assert.equal(first.id, '29728ade-6ae4-4ee9-9103-412912537da5');
      assert.deepEqual(first.certificateAuthorities, [
        {
          isRootAuthority: true,
          certificate: base64(root),
          certificateRevocationListUrl: list,
          deltaCertificateRevocationListUrl: null,
          issuer: 'CN=Root, O=Woodgrove, C=US',
          issuerSki: hex(root.subjectKeyIdentifier),
        },
        {
          isRootAuthority: false,
          certificate: base64(issuing),
          certificateRevocationListUrl: null,
          deltaCertificateRevocationListUrl: null,
          issuer: 'CN=Root, O=Woodgrove, C=US',
          issuerSki: hex(issuing.subjectKeyIdentifier),
        },
      ]);
      assert.deepEqual(await classicStoreOf(ports), first);
      const second = await replace(classic(root, true, list));
      assert.equal(second.certificateAuthorities.length, 1);
      assert.deepEqual(await replace(), { id: classicStoreId, certificateAuthorities: [] });
      assert.equal(await classicStoreOf(ports), undefined);
    });

    test('what stays keeps its id; the same list again is no edit', async () => {
      await replace(classic(root, true), classic(issuing, false));
      const before = await ports.trustStore.list();
      await replace(classic(root, true), classic(issuing, false));
      await replace(classic(root, true), classic(issuing, false, list));
      assert.deepEqual(
        (await ports.trustStore.list()).map(({ id }) => id),
        before.map(({ id }) => id),
      );
      assert.equal((await activities()).length, 2);
    });

    test('a PEM file read byte by byte, as PowerShell sends it, is unwrapped', async () => {
      const certificate = Buffer.from(root.pem).toString('base64');
      const { certificateAuthorities } = await replace({ certificate, isRootAuthority: true });
      assert.equal(certificateAuthorities[0]!.certificate, base64(root));
    });

    const refusals: readonly { name: string; list: Parameters<typeof replaceClassicStore>[0]; code: Code }[] = [
      { name: 'a card', list: [classic(card, false)], code: 'authorityNotCa' },
      { name: 'a root said to be an intermediate', list: [classic(root, false)], code: 'authorityTypeContradicts' },
      { name: 'an intermediate said to be a root', list: [classic(issuing, true)], code: 'authorityTypeContradicts' },
      ...unusable.map(({ name, ca, code }) => ({ name, list: [classic(ca, !name.includes('intermediate'))], code })),
      { name: 'a CA twice', list: [classic(root, true), classic(root, true)], code: 'authorityDuplicate' },
      {
        name: 'the renewed certificate of a CA beside the old one (same issuer and SKI)',
        list: [
          classic(issuing, false),
          classic(root.issueCa('C=US,O=Woodgrove,CN=Issuing', { key: issuing.privateKey }), false),
        ],
        code: 'authorityDuplicate',
      },
      {
        name: 'a delta CRL without a base',
        list: [{ ...classic(root, true), deltaCertificateRevocationListUrl: list }],
        code: 'deltaWithoutBase',
      },
      { name: 'a malformed address', list: [classic(root, true, 'crl')], code: 'crlUrlInvalid' },
      {
        name: 'text that is not base64',
        list: [{ certificate: '§§§', isRootAuthority: true }],
        code: 'certificateFileHoldsNone',
      },
      {
        name: 'a certificate that cannot be read',
        list: [{ certificate: 'MAA=', isRootAuthority: true }],
        code: 'certificateUnreadable',
      },
      {
        name: 'two certificates in one entry',
        list: [{ certificate: Buffer.from(root.pem + otherItem.pem).toString('base64'), isRootAuthority: true }],
        code: 'certificateFileHoldsSeveral',
      },
      {
        name: 'more than 1,000 CAs',
        list: Array.from({ length: 1001 }, () => classic(root, true)),
        code: 'authorityLimitReached',
      },
    ];
    for (const { name, list: wanted, code } of refusals) {
      test(`${name} is refused, and what was there stays`, async () => {
        const before = await replace(classic(otherItem, true));
        await assert.rejects(replace(classic(otherItem, true), ...wanted), refusesWith(code));
        assert.deepEqual(await classicStoreOf(ports), before);
      });
    }

    test('nothing is uploaded while an expired CA stays; taking it away is possible (TS-3)', async () => {
      const shortLived = testCa('CN=Short', { notAfter: new Date(clock.at.getTime() + day) });
      const alsoShort = testCa('CN=Also short', { notAfter: new Date(clock.at.getTime() + day) });
      await replace(classic(shortLived, true), classic(alsoShort, true));
      clock.pass(2 * day);
      const withNew = replace(classic(shortLived, true), classic(root, true));
      await assert.rejects(withNew, refusesWith('authorityExpired'));
      await assert.rejects(
        addAuthorities(
          [{ certificate: certificateOf(root) }],
          { store: 'classic' },
          { at: clock.at, actor, ports },
        ).then(orThrow),
        refusesWith('authorityExpired'),
      );
      assert.equal((await replace(classic(alsoShort, true))).certificateAuthorities.length, 1);
      assert.equal((await replace(classic(root, true))).certificateAuthorities.length, 1);
    });

    test('deleting says whether there was anything, and leaves the other store alone', async () => {
      orThrow(await addAuthority({ certificate: certificateOf(root) }, { at: clock.at, actor, ports }));
      assert.equal(orThrow(await deleteClassicStore({ actor, ports })), false);
      await replace(classic(otherItem, true));
      clock.pass(1000);
      assert.equal(orThrow(await deleteClassicStore({ actor, ports })), true);
      assert.equal(await classicStoreOf(ports), undefined);
      assert.equal((await ports.trustStore.list()).length, 1);
      const [audit] = await ports.audits.list({ top: 1 });
      assert.equal(audit!.activity, 'Delete CertificationBasedAuthConfiguration');
      assert.equal(audit!.targetId, classicStoreId);
    });

    test('of two who add at once neither loses the other’s CA, and each audit row has the list it replaced', async () => {
      const cas = Array.from({ length: 8 }, (_, index) => testCa(`CN=CA ${index}`));
      await Promise.all(
        cas.map((ca) =>
          addAuthorities(
            [{ certificate: certificateOf(ca) }],
            { store: 'classic' },
            { at: clock.at, actor, ports },
          ).then(orThrow),
        ),
      );
      assert.equal((await classicStoreOf(ports))!.certificateAuthorities.length, cas.length);
      const sizes = (await ports.audits.list({ top: 100 })).map(({ oldValue, newValue }) => [
        (oldValue as unknown[]).length,
        (newValue as unknown[]).length,
      ]);
      assert.deepEqual(
        sizes.sort(([one], [two]) => one! - two!),
        cas.map((_, index) => [index, index + 1]),
      );
    });

    test('set and remove find a CA by id or thumbprint, and say so when it is in both stores', async () => {
      const request = { certificate: certificateOf(root) };
      const [inClassic] = orThrow(
        await addAuthorities([request], { store: 'classic' }, { at: clock.at, actor, ports }),
      );
      const thumbprint = detailsOf(root).thumbprint;
      const change = { certificateRevocationListUrl: list };
      const next = orThrow(await changeAuthority(thumbprint.toLowerCase(), change, { at: clock.at, actor, ports }));
      assert.deepEqual(next, { ...inClassic, certificateRevocationListUrl: list });
      orThrow(await addAuthority(request, { at: clock.at, actor, ports }));
      await assert.rejects(
        removeAuthority(thumbprint, { at: clock.at, actor, ports }).then(orThrow),
        refusesWith('authorityAmbiguous'),
      );
      assert.equal(
        orThrow(await removeAuthority(thumbprint, { at: clock.at, actor, ports }, 'classic')).id,
        inClassic!.id,
      );
      assert.equal(orThrow(await removeAuthority(thumbprint, { at: clock.at, actor, ports })).store, 'pki');
      await assert.rejects(
        removeAuthority(thumbprint, { at: clock.at, actor, ports }).then(orThrow),
        refusesWith('nothingFound'),
      );
    });
  });

  const many = 'two servers that share the database lose none of each other’s changes';
  const together = database.isShared ? test : () => undefined; // one process holds an SQLite database
  together(many, async () => {
    const place = await database.place();
    const servers = [await openAt(place, clock), await openAt(place, clock)];
    const tenant = crypto.randomUUID();
    const cas = Array.from({ length: 10 }, (_, index) => testCa(`CN=CA ${index}`));
    await Promise.all(
      cas.map((ca, index) => {
        const to = index % 4 < 2 ? ({ store: 'classic' } as const) : ({ store: 'pki', container: 'Shared' } as const);
        const request = [{ certificate: certificateOf(ca) }];
        return addAuthorities(request, to, { at: clock.at, actor, ports: servers[index % 2]!.forTenant(tenant) }).then(
          orThrow,
        );
      }),
    );
    for (const server of servers) {
      const { authorities, containers } = await server.forTenant(tenant).trustStore.state();
      assert.equal(authorities.length, cas.length);
      assert.equal(containers.length, 1, 'both meant the same container');
      assert.equal((await server.forTenant(tenant).policies.current()).trustStore.authorities.length, cas.length);
      await server.close();
    }
  });
});
