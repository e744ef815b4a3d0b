import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import type { Code } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Authority } from '#pki/build/authority.ts';
import type { TenantStorage } from '#storage/storage.ts';
import { describeOnEachDatabase } from '#test/contract/each-database.ts';
import {
  actor,
  base64,
  bundleOf,
  day,
  hex,
  issuing,
  list,
  otherItem,
  refusesWith,
  root,
} from '#test/contract/trust/cas.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { addAuthorities } from '../authorities.ts';
import { detailsOf } from '../authority/authority-rules.ts';
import { uploadBundle } from '../upload/upload.ts';
import { listDeleted, purgeDeleted, restoreDeleted } from './deleted-authorities.ts';
import {
  addToContainer,
  changeInContainer,
  deleteFromContainer,
  findAuthority,
  listAuthorities,
  type StatedPkiAuthority,
} from './pki-authorities.ts';
import {
  addContainer,
  containerNamed,
  deleteContainer,
  findContainer,
  listContainers,
  renameContainer,
  requireContainer,
} from './pki-containers.ts';

describeOnEachDatabase('containers of the trust store', ({ clock, storage }) => {
  let ports: TenantStorage;
  beforeEach(() => {
    ports = storage().forTenant(crypto.randomUUID());
  });

  const activities = async () => (await ports.audits.list({ top: 100 })).map(({ activity }) => activity);

  describe('containers', () => {
    const put = (container: string, ca: Pick<Authority, 'der'>, more: Partial<StatedPkiAuthority> = {}) =>
      addToContainer(container, { certificate: base64(ca), ...more }, { at: clock.at, actor, ports }).then(orThrow);
    const make = (name?: string) => addContainer(name, { at: clock.at, actor, ports }).then(orThrow);

    test('are made, found, renamed and listed in the order they were made', async () => {
      const item = await make('One');
      clock.pass(1000);
      const two = await make();
      assert.deepEqual(await listContainers(ports), [item, two]);
      const newName = orThrow(await renameContainer(two.id, 'Two', { at: clock.at, actor, ports }));
      assert.deepEqual(await findContainer(two.id, ports), newName);
      assert.equal(newName.displayName, 'Two');
      await assert.rejects(make('x'.repeat(257)), refusesWith('containerNameTooLong'));
      await assert.rejects(
        renameContainer('none', 'x', { at: clock.at, actor, ports }).then(orThrow),
        refusesWith('nothingFound'),
      );
      assert.deepEqual((await activities()).sort(), ['Add PKI', 'Add PKI', 'Update PKI']);
    });

    test('an id names one container, and a name that several have names none of them', async () => {
      const [item, second] = [await make('One'), await make('One')];
      const named = async (target: string) => containerNamed(await ports.trustStore.state(), target);
      assert.equal(outcomeOf(await named('One')), 'containerAmbiguous');
      assert.deepEqual(orThrow(await named(second.id)), second);
      assert.equal(orThrow(await named('Two')), undefined);
      assert.equal(outcomeOf(requireContainer(await ports.trustStore.state(), 'Two')), 'nothingFound');
      const itsName = await make(item.id);
      assert.deepEqual(orThrow(await named(item.id)), item, `not ${itsName.id}, which has the id as its name`);
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
      assert.deepEqual(orThrow(await listAuthorities(id, ports)), [row]);
      assert.deepEqual(orThrow(await findAuthority(id, row.id, ports)), row);
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
      ['delta CRL without a base', { deltaCertificateRevocationListUrl: list }, 'deltaWithoutBase'],
    ];
    for (const [label, stated, code] of contradictions) {
      test(`a wrong ${label} is refused, and nothing is added`, async () => {
        const { id } = await make('One');
        await assert.rejects(put(id, issuing, stated), refusesWith(code));
        assert.deepEqual(orThrow(await listAuthorities(id, ports)), []);
      });
    }

    test('a certificate is in the store once, whichever container (TS-10); 1,000 of them, and no more', async () => {
      const [item, two] = [await make('One'), await make('Two')];
      await put(item.id, root);
      await assert.rejects(put(two.id, root), refusesWith('authorityDuplicate'));
      const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      const cas = Array.from({ length: 999 }, (_, index) => testCa(`CN=CA ${index}`, { key }));
      const request = cas.map((ca) => ({ certificate: certificateOf(ca) }));
      orThrow(await addAuthorities(request, { store: 'pki', container: 'Two' }, { at: clock.at, actor, ports }));
      await assert.rejects(put(two.id, otherItem), {
        because: { code: 'authorityLimitReached', evidence: { limit: 1000, store: 'PKI-based' } },
      });
      const to = { store: 'pki', container: two.id } as const;
      const { additions, present, leftOut } = orThrow(
        await uploadBundle(to, bundleOf(root, otherItem), { at: clock.at, actor, ports }),
      );
      assert.deepEqual([additions.length, present.length, leftOut[0]?.because.code], [0, 1, 'authorityLimitReached']);
    });

    test('a CA is changed in its own container only, and the container shows when', async () => {
      const [item, two] = [await make('One'), await make('Two')];
      const row = await put(item.id, root);
      clock.pass(1000);
      const change = { isIssuerHintEnabled: true, certificateRevocationListUrl: list, displayName: 'Root' };
      await assert.rejects(
        changeInContainer(two.id, row.id, change, { at: clock.at, actor, ports }).then(orThrow),
        refusesWith('nothingFound'),
      );
      const next = orThrow(await changeInContainer(item.id, row.id, change, { at: clock.at, actor, ports }));
      assert.deepEqual(next, { ...row, ...change });
      assert.deepEqual((await findContainer(item.id, ports))!.lastModifiedDateTime, clock.at);
      const clear = { certificateRevocationListUrl: '' };
      const { certificateRevocationListUrl } = orThrow(
        await changeInContainer(item.id, row.id, clear, { at: clock.at, actor, ports }),
      );
      assert.equal(certificateRevocationListUrl, undefined);
    });

    test('a deleted CA can be restored for thirty days, then not; it is not trusted meanwhile (DEL-1, DEL-3)', async () => {
      const { id } = await make('One');
      const row = await put(id, root);
      orThrow(await deleteFromContainer(id, row.id, { at: clock.at, actor, ports }));
      assert.deepEqual((await ports.policies.current()).trustStore.authorities, []);
      assert.deepEqual((await listDeleted({ ports, at: clock.at })).authorities, [
        { ...row, deletedDateTime: clock.at },
      ]);
      assert.equal((await ports.deleted.find(row.id))!.kind, 'certificateAuthorityDetail');
      clock.pass(30 * day);
      assert.deepEqual(orThrow(await restoreDeleted(row.id, { at: clock.at, actor, ports })), {
        kind: 'authority',
        authority: row,
      });
      assert.deepEqual(orThrow(await listAuthorities(id, ports)), [row]);
      orThrow(await deleteFromContainer(id, row.id, { at: clock.at, actor, ports }));
      clock.pass(30 * day + 1);
      await assert.rejects(
        restoreDeleted(row.id, { at: clock.at, actor, ports }).then(orThrow),
        refusesWith('nothingFound'),
      );
      assert.deepEqual((await listDeleted({ ports, at: clock.at })).authorities, []);
    });

    test('a container takes its CAs along and brings those back, and not one deleted before (DEL-1)', async () => {
      const { id } = await make('One');
      const [early, late] = [await put(id, root), await put(id, otherItem)];
      orThrow(await deleteFromContainer(id, early.id, { at: clock.at, actor, ports }));
      orThrow(await deleteContainer(id, { at: clock.at, actor, ports }));
      await assert.rejects(listAuthorities(id, ports).then(orThrow), refusesWith('nothingFound'));
      await assert.rejects(
        restoreDeleted(early.id, { at: clock.at, actor, ports }).then(orThrow),
        refusesWith('nothingFound'),
      );
      orThrow(await restoreDeleted(id, { at: clock.at, actor, ports }));
      assert.deepEqual(orThrow(await listAuthorities(id, ports)), [late]);
      orThrow(await restoreDeleted(early.id, { at: clock.at, actor, ports }));
      assert.equal(orThrow(await listAuthorities(id, ports)).length, 2);
    });

    test('what was uploaded again meanwhile is not restored twice', async () => {
      const { id } = await make('One');
      const row = await put(id, root);
      orThrow(await deleteFromContainer(id, row.id, { at: clock.at, actor, ports }));
      await put(id, root);
      await assert.rejects(
        restoreDeleted(row.id, { at: clock.at, actor, ports }).then(orThrow),
        refusesWith('authorityDuplicate'),
      );
    });

    test('a container deleted for good is gone with its CAs', async () => {
      const { id } = await make('One');
      await put(id, root);
      orThrow(await deleteContainer(id, { at: clock.at, actor, ports }));
      assert.equal(orThrow(await purgeDeleted(id, { actor, ports })), true);
      assert.deepEqual(await listDeleted({ ports, at: clock.at }), { containers: [], authorities: [] });
      assert.equal(orThrow(await purgeDeleted(id, { actor, ports })), false);
    });

    test('of two who add the same CA one does; of two who change one CA both changes stay', async () => {
      const { id } = await make('One');
      const attempt = await Promise.allSettled([put(id, root), put(id, root), put(id, root)]);
      assert.equal(attempt.filter(({ status }) => status === 'fulfilled').length, 1);
      const [row] = orThrow(await listAuthorities(id, ports));
      await Promise.all([
        changeInContainer(id, row!.id, { isIssuerHintEnabled: true }, { at: clock.at, actor, ports }).then(orThrow),
        changeInContainer(id, row!.id, { certificateRevocationListUrl: list }, { at: clock.at, actor, ports }).then(
          orThrow,
        ),
      ]);
      const [authority] = orThrow(await listAuthorities(id, ports));
      assert.deepEqual([authority!.isIssuerHintEnabled, authority!.certificateRevocationListUrl], [true, list]);
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
});
