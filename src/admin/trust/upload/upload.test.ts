import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import type { Bundles } from '#ports/trust-store.ts';
import type { TenantStorage } from '#storage/storage.ts';
import { describeOnEachDatabase } from '#test/contract/each-database.ts';
import {
  actor,
  bundleOf,
  issuing,
  otherItem,
  refusesWith,
  root,
  sha256,
  unusable,
  card as userCertificate,
} from '#test/contract/trust/cas.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { addAuthority } from '../authorities.ts';
import { listAuthorities } from '../pki/pki-authorities.ts';
import { addContainer, findContainer, listContainers } from '../pki/pki-containers.ts';
import { startUpload, uploadBundle } from './upload.ts';

describeOnEachDatabase('uploads into the trust store', ({ clock, storage }) => {
  let ports: TenantStorage;
  beforeEach(() => {
    ports = storage().forTenant(crypto.randomUUID());
  });

  describe('uploads', () => {
    const cards = { store: 'pki', container: 'Cards' } as const;
    const unreadable = { der: Uint8Array.of(0x30, 3, 2, 1, 1) };
    const expiredCa = testCa('CN=Expired', { notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') });
    test('by body: every CA of the file, its CRL address from its own certificate (TS-7)', async () => {
      const { container, additions } = orThrow(
        await uploadBundle(cards, bundleOf(root, issuing), { at: clock.at, actor, ports }),
      );
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
        /^2 CAs added\. These CAs issue certificates for users and need their own CRL address; set it manually: C=US,O=Woodgrove,CN=Issuing\.$/,
      );
      assert.deepEqual(await listContainers(ports), [container]);
    });

    for (const to of [cards, { store: 'classic' }] as const) {
      const all = { ...to, allOrNone: true };
      test(`into the ${to.store} store: what is there stays, what is new is added, the rest is named`, async () => {
        orThrow(await uploadBundle(to, bundleOf(root), { at: clock.at, actor, ports }));
        const [before] = await ports.trustStore.list();
        const renewed = bundleOf(unreadable, root, userCertificate, otherItem, root);
        await assert.rejects(
          uploadBundle(all, renewed, { at: clock.at, actor, ports }).then(orThrow),
          refusesWith('certificateUnreadable'),
        );
        assert.equal((await ports.trustStore.list()).length, 1);
        const { additions, present, leftOut } = orThrow(
          await uploadBundle(to, renewed, { at: clock.at, actor, ports }),
        );
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
        const again = orThrow(await uploadBundle(to, renewed, { at: clock.at, actor, ports }));
        assert.deepEqual([again.additions.length, again.present.length, again.leftOut.length], [0, 2, 2]);
        assert.equal(
          orThrow(await uploadBundle(all, bundleOf(root), { at: clock.at, actor, ports })).present.length,
          1,
        );
      });

      test(`into the ${to.store} store: a bundle of which nothing can be a CA is refused, and makes no container`, async () => {
        const upload = uploadBundle(to, bundleOf(unreadable, userCertificate), { at: clock.at, actor, ports }).then(
          orThrow,
        );
        await assert.rejects(upload, /certificate 1: .*; certificate 2 \(.*\): /);
        await assert.rejects(
          uploadBundle(to, bundleOf(userCertificate), { at: clock.at, actor, ports }).then(orThrow),
          refusesWith('authorityNotCa'),
        );
        assert.deepEqual([await ports.trustStore.list(), await listContainers(ports)], [[], []]);
      });

      for (const { name, ca, code } of unusable)
        test(`into the ${to.store} store: ${name} is left out, and refuses the bundle only where all must be added`, async () => {
          const bundle = bundleOf(otherItem, ca);
          await assert.rejects(
            uploadBundle(all, bundle, { at: clock.at, actor, ports }).then(orThrow),
            refusesWith(code),
          );
          assert.deepEqual(await ports.trustStore.list(), []);
          const { additions, leftOut } = orThrow(await uploadBundle(to, bundle, { at: clock.at, actor, ports }));
          assert.deepEqual([additions.length, leftOut.map(({ because }) => because.code)], [1, [code]]);
        });
    }

    test('of an expired CA: the PKI-based store takes it, the classic store leaves it out (TS-3)', async () => {
      const bundle = bundleOf(otherItem, expiredCa);
      assert.equal(orThrow(await uploadBundle(cards, bundle, { at: clock.at, actor, ports })).additions.length, 2);
      const { additions, leftOut } = orThrow(
        await uploadBundle({ store: 'classic' }, bundle, { at: clock.at, actor, ports }),
      );
      assert.deepEqual([additions.length, leftOut.map(({ because }) => because.code)], [1, ['authorityExpired']]);
    });

    test('a status lists existing and omitted certificates, each with its reason', async () => {
      orThrow(await uploadBundle(cards, bundleOf(root), { at: clock.at, actor, ports }));
      const { container } = orThrow(
        await uploadBundle(cards, bundleOf(root, otherItem, userCertificate), { at: clock.at, actor, ports }),
      );
      assert.match(
        container!.statusDetails!,
        /^1 CA added\. 1 CA already in the store\. Not added: certificate 3 \(.*\): .*\.$/,
      );
    });

    for (const { name, ca, code } of unusable) {
      test(`${name} is refused alone (PKI-based store)`, async () => {
        const one = addAuthority({ certificate: certificateOf(ca) }, { at: clock.at, actor, ports }).then(orThrow);
        await assert.rejects(one, refusesWith(code));
        await assert.rejects(
          uploadBundle(cards, bundleOf(ca), { at: clock.at, actor, ports }).then(orThrow),
          refusesWith(code),
        );
        assert.deepEqual(await ports.trustStore.list(), []);
      });
    }

    const url = 'https://files.woodgrove.test/cas.p7b';
    const check = async () => undefined;
    const upload = async (id: string, bundles: Bundles, sha256FileHash: string) =>
      startUpload(
        id,
        { uploadUrl: url, sha256FileHash },
        {
          actor,
          ports: {
            ...ports,
            bundles,
            clock,
            change: (work) => work(ports),
          },
        },
      ).then(orThrow);

    test('by URL: running, then succeeded, with the hash in any case (UP-1, UP-2)', async () => {
      const { id } = orThrow(await addContainer('One', { at: clock.at, actor, ports }));
      const file = bundleOf(root, otherItem);
      const { promise, resolve } = Promise.withResolvers<Uint8Array>();
      const bundles = { check, fetch: () => promise };
      const hash = await sha256(file);
      const { finished } = await upload(id, bundles, hash.toLowerCase());
      assert.equal((await findContainer(id, ports))!.status, 'running');
      await assert.rejects(upload(id, bundles, hash), refusesWith('uploadRunning'));
      await assert.rejects(
        uploadBundle({ store: 'pki', container: id }, file, { at: clock.at, actor, ports }).then(orThrow),
        refusesWith('uploadRunning'),
      );
      resolve(file);
      await finished;
      const { status, statusDetails } = (await findContainer(id, ports))!;
      assert.deepEqual([status, statusDetails], ['succeeded', '2 CAs added.']);
      assert.equal(orThrow(await listAuthorities(id, ports)).length, 2);
    });

    test('by URL: another file than stated fails and says so, and adds nothing', async () => {
      const { id } = orThrow(await addContainer('One', { at: clock.at, actor, ports }));
      await (await upload(id, { check, fetch: async () => bundleOf(root) }, '0'.repeat(64))).finished;
      const { status, statusDetails } = (await findContainer(id, ports))!;
      assert.equal(status, 'failed');
      assert.match(
        statusDetails!,
        /^uploadHashMismatch: the SHA-256 hash of the file is [0-9A-F]{64}, and not 0{64} as specified$/,
      );
      assert.deepEqual(orThrow(await listAuthorities(id, ports)), []);
      const [row] = await ports.audits.list({ top: 1, targetId: id, result: 'failure' });
      assert.deepEqual([row!.activity, row!.refusal!.because.code], ['Upload to PKI', 'uploadHashMismatch']);
      await assert.rejects(
        upload(id, { check, fetch: async () => bundleOf(root) }, 'abc'),
        refusesWith('uploadHashMalformed'),
      );
    });

    test('by URL: one that never ended counts as failed after half an hour, and adds nothing late', async () => {
      const { id } = orThrow(await addContainer('One', { at: clock.at, actor, ports }));
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
        orThrow(await listAuthorities(id, ports)).map(({ displayName }) => displayName),
        ['CN=Other'],
      );
      assert.equal((await findContainer(id, ports))!.status, 'succeeded');
    });
  });
});
