import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addAuthorities, addAuthority, changeAuthority, removeAuthority } from '#admin/trust/authorities.ts';
import { detailsOf } from '#admin/trust/authority-rules.ts';
import { classicStoreId, classicStoreOf, deleteClassicStore, replaceClassicStore } from '#admin/trust/classic-store.ts';
import { listDeleted, purgeDeleted, restoreDeleted } from '#admin/trust/deleted-authorities.ts';
import {
  addToContainer,
  changeInContainer,
  deleteFromContainer,
  findAuthority,
  listAuthorities,
  type StatedPkiAuthority,
} from '#admin/trust/pki-authorities.ts';
import {
  addContainer,
  deleteContainer,
  findContainer,
  listContainers,
  renameContainer,
} from '#admin/trust/pki-containers.ts';
import { startUpload, uploadBundle } from '#admin/trust/upload.ts';
import type { Code } from '#core/trace/reasons.ts';
import type { Authority } from '#pki/build/authority.ts';
import { uri } from '#pki/build/general-names.ts';
import type { Bundles } from '#ports/trust-store.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { bundleOf as bundleOfDer } from '../pki/bundle.ts';
import { certificateOf } from '../pki/chains.ts';
import { testCa } from '../pki/test-ca.ts';
import { databasesUnderTest, openAt, TestClock } from './databases.ts';

const actor = 'an actor';
const day = 24 * 3600 * 1000;
const list = 'http://crl.woodgrove.test/root.crl';
const root = testCa('C=US,O=Woodgrove,CN=Root');
const issuing = root.issueCa('C=US,O=Woodgrove,CN=Issuing', {
  crlDistributionPoints: [{ fullName: [uri('ldap://x/y'), uri('http://crl.woodgrove.test/root.crl')] }],
});
const otherItem = testCa('CN=Other');
const card = root.issueCard({ upn: 'ana@woodgrove.test' });

/** CAs that no path could use: each is refused wherever a CA is uploaded. */
const unusable: readonly { name: string; ca: Authority; code: Code }[] = [
  {
    name: 'a root that may not sign certificates',
    ca: testCa('CN=CRLs only', { keyUsage: ['cRLSign'] }),
    code: 'authorityKeyUsageForbids',
  },
  ...[3, 17].map((publicExponent) => ({
    name: `a root with the RSA exponent ${publicExponent}`,
    ca: testCa(`CN=e${publicExponent}`, {
      key: generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent }).privateKey,
    }),
    code: 'authorityKeyUnsound' as const,
  })),
  {
    name: 'an intermediate with the RSA exponent 3',
    ca: root.issueCa('CN=e3 below', {
      key: generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey,
    }),
    code: 'authorityKeyUnsound',
  },
];

const base64 = ({ der }: { readonly der: Uint8Array }) => Buffer.from(der).toString('base64');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const classic = (ca: Pick<Authority, 'der'>, isRootAuthority: boolean, certificateRevocationListUrl?: string) => ({
  certificate: base64(ca),
  isRootAuthority,
  certificateRevocationListUrl,
});
const refusesWith = (code: Code) => (problem: unknown) => {
  assert.equal((problem as { because?: { code: string } }).because?.code, code, String(problem));
  return true;
};

/** A certs-only PKCS #7 file. */
const bundleOf = (...cas: readonly Pick<Authority, 'der'>[]) => bundleOfDer(...cas.map(({ der }) => der));
const sha256 = async (bytes: Uint8Array) =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))));

for (const database of databasesUnderTest()) {
  describe(`trust stores on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let ports: TenantStorage;

    before(async () => {
      storage = await openAt(await database.place(), clock);
    });
    beforeEach(() => {
      ports = storage.forTenant(crypto.randomUUID());
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    const activities = async () => (await ports.audits.list({ top: 100 })).map(({ activity }) => activity);
    const replace = (...cas: Parameters<typeof replaceClassicStore>[0]) =>
      replaceClassicStore(cas, clock.at, actor, ports);

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
          name: 'a delta list without a base',
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
          addAuthorities([{ certificate: certificateOf(root) }], { store: 'classic' }, { at: clock.at, actor, ports }),
          refusesWith('authorityExpired'),
        );
        assert.equal((await replace(classic(alsoShort, true))).certificateAuthorities.length, 1);
        assert.equal((await replace(classic(root, true))).certificateAuthorities.length, 1);
      });

      test('deleting says whether there was anything, and leaves the other store alone', async () => {
        await addAuthority({ certificate: certificateOf(root) }, clock.at, actor, ports);
        assert.equal(await deleteClassicStore(actor, ports), false);
        await replace(classic(otherItem, true));
        clock.pass(1000);
        assert.equal(await deleteClassicStore(actor, ports), true);
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
            addAuthorities([{ certificate: certificateOf(ca) }], { store: 'classic' }, { at: clock.at, actor, ports }),
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
        const [inClassic] = await addAuthorities([request], { store: 'classic' }, { at: clock.at, actor, ports });
        const thumbprint = detailsOf(root).thumbprint;
        const change = { certificateRevocationListUrl: list };
        const next = await changeAuthority(thumbprint.toLowerCase(), change, { at: clock.at, actor, ports });
        assert.deepEqual(next, { ...inClassic, certificateRevocationListUrl: list });
        await addAuthority(request, clock.at, actor, ports);
        await assert.rejects(
          removeAuthority(thumbprint, { at: clock.at, actor, ports }),
          refusesWith('authorityAmbiguous'),
        );
        assert.equal((await removeAuthority(thumbprint, { at: clock.at, actor, ports }, 'classic')).id, inClassic!.id);
        assert.equal((await removeAuthority(thumbprint, { at: clock.at, actor, ports })).store, 'pki');
        await assert.rejects(removeAuthority(thumbprint, { at: clock.at, actor, ports }), refusesWith('nothingFound'));
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
          return addAuthorities(request, to, { at: clock.at, actor, ports: servers[index % 2]!.forTenant(tenant) });
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

    describe('containers', () => {
      const put = (container: string, ca: Pick<Authority, 'der'>, more: Partial<StatedPkiAuthority> = {}) =>
        addToContainer(container, { certificate: base64(ca), ...more }, { at: clock.at, actor, ports });
      const make = (name?: string) => addContainer(name, clock.at, actor, ports);

      test('are made, found, renamed and listed in the order they were made', async () => {
        const item = await make('One');
        clock.pass(1000);
        const two = await make();
        assert.deepEqual(await listContainers(ports), [item, two]);
        const newName = await renameContainer(two.id, 'Two', { at: clock.at, actor, ports });
        assert.deepEqual(await findContainer(two.id, ports), newName);
        assert.equal(newName.displayName, 'Two');
        await assert.rejects(make('x'.repeat(257)), refusesWith('containerNameTooLong'));
        await assert.rejects(renameContainer('none', 'x', { at: clock.at, actor, ports }), refusesWith('nothingFound'));
        assert.deepEqual((await activities()).sort(), ['Add PKI', 'Add PKI', 'Update PKI']);
      });

      test('a CA is what its certificate says; what is stated beside it must agree', async () => {
        const { id } = await make('One');
        const { expirationDateTime, thumbprint } = detailsOf(issuing);
        const row = await put(id, issuing, {
          certificateAuthorityType: 'intermediate',
          issuer: 'c=us, o=Woodgrove,CN=Root',
          issuerSubjectKeyIdentifier: hex(issuing.subjectKeyIdentifier).toLowerCase(),
          thumbprint: thumbprint.toLowerCase(),
          expirationDateTime,
          isIssuerHintEnabled: true,
        });
        assert.deepEqual(await listAuthorities(id, ports), [row]);
        assert.deepEqual(await findAuthority(id, row.id, ports), row);
        assert.equal(row.displayName, 'C=US,O=Woodgrove,CN=Issuing');
        assert.deepEqual(detailsOf(row).subjectKeyIdentifier, hex(issuing.subjectKeyIdentifier));
        const policy = await ports.policies.current();
        assert.equal(policy.trustStore.authorities[0]!.authorityType, 'intermediate');
      });

      const contradictions: readonly [string, Partial<StatedPkiAuthority>, Code][] = [
        ['issuer', { issuer: 'CN=Somebody' }, 'authorityValueContradicts'],
        ['key identifier', { issuerSubjectKeyIdentifier: 'AB' }, 'authorityValueContradicts'],
        ['thumbprint', { thumbprint: '00' }, 'authorityValueContradicts'],
        ['expiry', { expirationDateTime: new Date(0) }, 'authorityValueContradicts'],
        ['type', { certificateAuthorityType: 'root' }, 'authorityTypeContradicts'],
        ['delta list without a base', { deltaCertificateRevocationListUrl: list }, 'deltaWithoutBase'],
      ];
      for (const [label, stated, code] of contradictions) {
        test(`a wrong ${label} is refused, and nothing is added`, async () => {
          const { id } = await make('One');
          await assert.rejects(put(id, issuing, stated), refusesWith(code));
          assert.deepEqual(await listAuthorities(id, ports), []);
        });
      }

      test('a certificate is in the store once, whichever container (TS-10); 1,000 of them, and no more', async () => {
        const [item, two] = [await make('One'), await make('Two')];
        await put(item.id, root);
        await assert.rejects(put(two.id, root), refusesWith('authorityDuplicate'));
        const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
        const cas = Array.from({ length: 999 }, (_, index) => testCa(`CN=CA ${index}`, { key }));
        const request = cas.map((ca) => ({ certificate: certificateOf(ca) }));
        await addAuthorities(request, { store: 'pki', container: 'Two' }, { at: clock.at, actor, ports });
        await assert.rejects(put(two.id, otherItem), {
          because: { code: 'authorityLimitReached', evidence: { limit: 1000, store: 'PKI-based' } },
        });
        const to = { store: 'pki', container: two.id } as const;
        const { additions, present, leftOut } = await uploadBundle(to, bundleOf(root, otherItem), {
          at: clock.at,
          actor,
          ports,
        });
        assert.deepEqual([additions.length, present.length, leftOut[0]?.because.code], [0, 1, 'authorityLimitReached']);
      });

      test('a CA is changed in its own container only, and the container shows when', async () => {
        const [item, two] = [await make('One'), await make('Two')];
        const row = await put(item.id, root);
        clock.pass(1000);
        const change = { isIssuerHintEnabled: true, certificateRevocationListUrl: list, displayName: 'Root' };
        await assert.rejects(
          changeInContainer(two.id, row.id, change, { at: clock.at, actor, ports }),
          refusesWith('nothingFound'),
        );
        const next = await changeInContainer(item.id, row.id, change, { at: clock.at, actor, ports });
        assert.deepEqual(next, { ...row, ...change });
        assert.deepEqual((await findContainer(item.id, ports))!.lastModifiedDateTime, clock.at);
        const clear = { certificateRevocationListUrl: '' };
        const { certificateRevocationListUrl } = await changeInContainer(item.id, row.id, clear, {
          at: clock.at,
          actor,
          ports,
        });
        assert.equal(certificateRevocationListUrl, undefined);
      });

      test('a deleted CA can be restored for thirty days, then not; it is not trusted meanwhile (DEL-1, DEL-3)', async () => {
        const { id } = await make('One');
        const row = await put(id, root);
        await deleteFromContainer(id, row.id, { at: clock.at, actor, ports });
        assert.deepEqual((await ports.policies.current()).trustStore.authorities, []);
        assert.deepEqual((await listDeleted(clock.at, ports)).authorities, [{ ...row, deletedDateTime: clock.at }]);
        assert.equal((await ports.deleted.find(row.id))!.kind, 'certificateAuthorityDetail');
        clock.pass(30 * day);
        assert.deepEqual(await restoreDeleted(row.id, clock.at, actor, ports), { kind: 'authority', authority: row });
        assert.deepEqual(await listAuthorities(id, ports), [row]);
        await deleteFromContainer(id, row.id, { at: clock.at, actor, ports });
        clock.pass(30 * day + 1);
        await assert.rejects(restoreDeleted(row.id, clock.at, actor, ports), refusesWith('nothingFound'));
        assert.deepEqual((await listDeleted(clock.at, ports)).authorities, []);
      });

      test('a container takes its CAs along and brings those back, and not one deleted before (DEL-1)', async () => {
        const { id } = await make('One');
        const [early, late] = [await put(id, root), await put(id, otherItem)];
        await deleteFromContainer(id, early.id, { at: clock.at, actor, ports });
        await deleteContainer(id, clock.at, actor, ports);
        await assert.rejects(listAuthorities(id, ports), refusesWith('nothingFound'));
        await assert.rejects(restoreDeleted(early.id, clock.at, actor, ports), refusesWith('nothingFound'));
        await restoreDeleted(id, clock.at, actor, ports);
        assert.deepEqual(await listAuthorities(id, ports), [late]);
        await restoreDeleted(early.id, clock.at, actor, ports);
        assert.equal((await listAuthorities(id, ports)).length, 2);
      });

      test('what was uploaded again meanwhile is not restored twice', async () => {
        const { id } = await make('One');
        const row = await put(id, root);
        await deleteFromContainer(id, row.id, { at: clock.at, actor, ports });
        await put(id, root);
        await assert.rejects(restoreDeleted(row.id, clock.at, actor, ports), refusesWith('authorityDuplicate'));
      });

      test('a container deleted for good is gone with its CAs', async () => {
        const { id } = await make('One');
        await put(id, root);
        await deleteContainer(id, clock.at, actor, ports);
        assert.equal(await purgeDeleted(id, actor, ports), true);
        assert.deepEqual(await listDeleted(clock.at, ports), { containers: [], authorities: [] });
        assert.equal(await purgeDeleted(id, actor, ports), false);
      });

      test('of two who add the same CA one does; of two who change one CA both changes stay', async () => {
        const { id } = await make('One');
        const attempt = await Promise.allSettled([put(id, root), put(id, root), put(id, root)]);
        assert.equal(attempt.filter(({ status }) => status === 'fulfilled').length, 1);
        const [row] = await listAuthorities(id, ports);
        await Promise.all([
          changeInContainer(id, row!.id, { isIssuerHintEnabled: true }, { at: clock.at, actor, ports }),
          changeInContainer(id, row!.id, { certificateRevocationListUrl: list }, { at: clock.at, actor, ports }),
        ]);
        const [now] = await listAuthorities(id, ports);
        assert.deepEqual([now!.isIssuerHintEnabled, now!.certificateRevocationListUrl], [true, list]);
        const edits = await ports.audits.list({ top: 100, targetId: row!.id });
        const updates = edits.filter(({ activity }) => activity === 'Update certificate authority');
        const [from, to] = [updates.map(({ oldValue }) => oldValue), updates.map(({ newValue }) => newValue)];
        assert.equal(
          from.filter((old) => to.some((value) => JSON.stringify(value) === JSON.stringify(old))).length,
          1,
          'the second edit saw the first',
        );
      });
    });

    describe('uploads', () => {
      const cards = { store: 'pki', container: 'Cards' } as const;
      const unreadable = { der: Uint8Array.of(0x30, 3, 2, 1, 1) };
      const expiredCa = testCa('CN=Expired', { notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') });
      test('by body: every CA of the file, its CRL address from its own certificate (TS-7)', async () => {
        const { container, additions } = await uploadBundle(cards, bundleOf(root, issuing), {
          at: clock.at,
          actor,
          ports,
        });
        assert.deepEqual(
          additions.map((row) => [row.authorityType, row.certificateRevocationListUrl]),
          [
            ['root', undefined],
            ['intermediate', 'http://crl.woodgrove.test/root.crl'],
          ],
        );
        assert.equal(container?.status, 'succeeded');
        assert.match(
          container!.statusDetails!,
          /^2 CAs added\. These CAs issue cards and need their own CRL address; set it manually: C=US,O=Woodgrove,CN=Issuing\.$/,
        );
        assert.deepEqual(await listContainers(ports), [container]);
      });

      for (const to of [cards, { store: 'classic' }] as const) {
        const all = { ...to, allOrNone: true };
        test(`into the ${to.store} store: what is there stays, what is new is added, the rest is named`, async () => {
          await uploadBundle(to, bundleOf(root), { at: clock.at, actor, ports });
          const [before] = await ports.trustStore.list();
          const renewed = bundleOf(unreadable, root, card, otherItem, root);
          await assert.rejects(
            uploadBundle(all, renewed, { at: clock.at, actor, ports }),
            refusesWith('certificateUnreadable'),
          );
          assert.equal((await ports.trustStore.list()).length, 1);
          const { additions, present, leftOut } = await uploadBundle(to, renewed, { at: clock.at, actor, ports });
          assert.deepEqual(
            additions.map(({ displayName }) => displayName),
            ['CN=Other'],
          );
          assert.deepEqual(present, [before]);
          assert.deepEqual(
            leftOut.map(({ position, because }) => [position, because.code]),
            [
              [1, 'certificateUnreadable'],
              [3, 'authorityNotCa'],
            ],
          );
          assert.equal((await ports.trustStore.list()).length, 2);
          const again = await uploadBundle(to, renewed, { at: clock.at, actor, ports });
          assert.deepEqual([again.additions.length, again.present.length, again.leftOut.length], [0, 2, 2]);
          assert.equal((await uploadBundle(all, bundleOf(root), { at: clock.at, actor, ports })).present.length, 1);
        });

        test(`into the ${to.store} store: a bundle of which nothing can be a CA is refused, and makes no container`, async () => {
          const upload = uploadBundle(to, bundleOf(unreadable, card), { at: clock.at, actor, ports });
          await assert.rejects(upload, /certificate 1: .*; certificate 2 \(.*\): /);
          await assert.rejects(
            uploadBundle(to, bundleOf(card), { at: clock.at, actor, ports }),
            refusesWith('authorityNotCa'),
          );
          assert.deepEqual([await ports.trustStore.list(), await listContainers(ports)], [[], []]);
        });

        for (const { name, ca, code } of unusable)
          test(`into the ${to.store} store: ${name} is left out, and refuses the bundle only where all must be added`, async () => {
            const bundle = bundleOf(otherItem, ca);
            await assert.rejects(uploadBundle(all, bundle, { at: clock.at, actor, ports }), refusesWith(code));
            assert.deepEqual(await ports.trustStore.list(), []);
            const { additions, leftOut } = await uploadBundle(to, bundle, { at: clock.at, actor, ports });
            assert.deepEqual([additions.length, leftOut.map(({ because }) => because.code)], [1, [code]]);
          });
      }

      test('of an expired CA: the PKI-based store takes it, the classic store leaves it out (TS-3)', async () => {
        const bundle = bundleOf(otherItem, expiredCa);
        assert.equal((await uploadBundle(cards, bundle, { at: clock.at, actor, ports })).additions.length, 2);
        const { additions, leftOut } = await uploadBundle({ store: 'classic' }, bundle, { at: clock.at, actor, ports });
        assert.deepEqual([additions.length, leftOut.map(({ because }) => because.code)], [1, ['authorityExpired']]);
      });

      test('a status says what was there and what was left out, each with its reason', async () => {
        await uploadBundle(cards, bundleOf(root), { at: clock.at, actor, ports });
        const { container } = await uploadBundle(cards, bundleOf(root, otherItem, card), {
          at: clock.at,
          actor,
          ports,
        });
        assert.match(
          container!.statusDetails!,
          /^1 CA added\. 1 CA already in the store\. Not added: certificate 3 \(.*\): .*\.$/,
        );
      });

      for (const { name, ca, code } of unusable) {
        test(`${name} is refused alone (PKI-based store)`, async () => {
          const one = addAuthority({ certificate: certificateOf(ca) }, clock.at, actor, ports);
          await assert.rejects(one, refusesWith(code));
          await assert.rejects(uploadBundle(cards, bundleOf(ca), { at: clock.at, actor, ports }), refusesWith(code));
          assert.deepEqual(await ports.trustStore.list(), []);
        });
      }

      const url = 'https://files.woodgrove.test/cas.p7b';
      const check = async () => undefined;
      const upload = async (id: string, bundles: Bundles, sha256FileHash: string) =>
        startUpload(id, { uploadUrl: url, sha256FileHash }, actor, {
          ...ports,
          bundles,
          clock,
          change: (work) => work(ports),
        });

      test('by URL: running, then succeeded, with the hash in any case (UP-1, UP-2)', async () => {
        const { id } = await addContainer('One', clock.at, actor, ports);
        const file = bundleOf(root, otherItem);
        const { promise, resolve } = Promise.withResolvers<Uint8Array>();
        const bundles = { check, fetch: () => promise };
        const hash = await sha256(file);
        const { finished } = await upload(id, bundles, hash.toLowerCase());
        assert.equal((await findContainer(id, ports))!.status, 'running');
        await assert.rejects(upload(id, bundles, hash), refusesWith('uploadRunning'));
        await assert.rejects(
          uploadBundle({ store: 'pki', container: id }, file, { at: clock.at, actor, ports }),
          refusesWith('uploadRunning'),
        );
        resolve(file);
        await finished;
        const { status, statusDetails } = (await findContainer(id, ports))!;
        assert.deepEqual([status, statusDetails], ['succeeded', '2 CAs added.']);
        assert.equal((await listAuthorities(id, ports)).length, 2);
      });

      test('by URL: another file than stated fails and says so, and adds nothing', async () => {
        const { id } = await addContainer('One', clock.at, actor, ports);
        await (await upload(id, { check, fetch: async () => bundleOf(root) }, '0'.repeat(64))).finished;
        const { status, statusDetails } = (await findContainer(id, ports))!;
        assert.equal(status, 'failed');
        assert.match(
          statusDetails!,
          /^uploadHashMismatch: the SHA-256 hash of the file is [0-9A-F]{64}, and not 0{64} as specified$/,
        );
        assert.deepEqual(await listAuthorities(id, ports), []);
        const [row] = await ports.audits.list({ top: 1, targetId: id, result: 'failure' });
        assert.deepEqual([row!.activity, row!.refusal!.because.code], ['Upload to PKI', 'uploadHashMismatch']);
        await assert.rejects(
          upload(id, { check, fetch: async () => bundleOf(root) }, 'abc'),
          refusesWith('uploadHashMalformed'),
        );
      });

      test('by URL: one that never ended counts as failed after half an hour, and adds nothing late', async () => {
        const { id } = await addContainer('One', clock.at, actor, ports);
        const file = bundleOf(root);
        const { promise, resolve } = Promise.withResolvers<Uint8Array>();
        const first = await upload(id, { check, fetch: () => promise }, await sha256(file));
        clock.pass(30 * 60 * 1000);
        const second = await upload(
          id,
          { check, fetch: async () => bundleOf(otherItem) },
          await sha256(bundleOf(otherItem)),
        );
        await second.finished;
        resolve(file);
        await first.finished;
        assert.deepEqual(
          (await listAuthorities(id, ports)).map(({ displayName }) => displayName),
          ['CN=Other'],
        );
        assert.equal((await findContainer(id, ports))!.status, 'succeeded');
      });
    });
  });
}
