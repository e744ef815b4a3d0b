import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { crlsConfigured } from '#core/crl/needed.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { CrlCache } from '#crls/cache/cache.ts';
import { actor, cardOf, clock, openScenes, rowOf, type Scene } from '#test/contract/guard/lock-out-scene.ts';
import { changeTenant, type GuardPorts, rehearseTenant } from '../safety/guard.ts';
import { removeAuthority } from './authorities.ts';
import { auditImport, evaluateCrls, type ImportPorts, importCrl } from './import-crl.ts';

/** An import of a CRL decides who may sign in, so it is a change like any other. */
describe('a CRL is imported in the guarded transaction', () => {
  const scenes = openScenes();
  before(() => scenes.start());
  after(() => scenes.end());

  const day = 86_400_000;
  const notDelta = 'the CRL is not a delta CRL';
  const crlOf = ({ pki }: Scene, serials: readonly bigint[], number: bigint) =>
    pki.authorities['issuing-1'].crl({
      number,
      thisUpdate: new Date(clock.at.getTime() - day),
      nextUpdate: new Date(clock.at.getTime() + day),
      entries: serials.map((serial) => ({ serial, revocationDate: new Date(clock.at.getTime() - day) })),
    });
  const revokingAna = (scene: Scene) => crlOf(scene, [cardOf(scene.pki).serial], 99n);

  async function run(
    scene: Scene,
    bytes: Uint8Array,
    isForced = false,
    { meanwhile, isDelta }: { meanwhile?: () => Promise<unknown>; isDelta?: boolean } = {},
  ) {
    const { ports } = scene;
    const crls = ports.crls as CrlCache;
    const requests = crlsConfigured((await ports.policies.current()).trustStore);
    const change: ImportPorts['change'] = async (preparedCrls, work) => {
      await meanwhile?.();
      return changeTenant(ports, { at: clock.at, isForced, preparedCrls }, work);
    };
    orThrow(await importCrl(requests, { bytes, isDelta }, { actor, ports: { crls, change } }));
  }
  async function numberInUse({ ports }: Scene): Promise<string | undefined> {
    const crls = ports.crls as CrlCache;
    return crls.state().find(({ source }) => source === 'import')?.number;
  }
  const rowsOf = async ({ ports }: Scene) =>
    (await ports.audits.list({ top: 50 })).filter(({ activity }) => activity === 'Import CRL').length;
  const refusedWith = (code: string) => (problem: unknown) =>
    problem instanceof CardeaError && problem.because.code === code;

  test('one that revokes the card of the last Global Administrator is refused and not in use', () =>
    scenes.onDemo(async (scene) => {
      await assert.rejects(run(scene, revokingAna(scene)), refusedWith('lastAdministratorShutOut'));
      assert.deepEqual([await numberInUse(scene), await rowsOf(scene)], [undefined, 0]);
    }));

  test('a dry run evaluates sign-ins with it, and it is not in use afterwards', () =>
    scenes.onDemo(async (scene) => {
      const { ports } = scene;
      const requests = crlsConfigured((await ports.policies.current()).trustStore);
      const file = { name: 'revoking.crl', bytes: revokingAna(scene) };
      const { preparedCrls } = orThrow(await evaluateCrls(requests, file, ports.crls as CrlCache));
      const work = (inside: GuardPorts) => auditImport(preparedCrls, { actor, ports: inside });
      const { dryRun: found } = orThrow(await rehearseTenant(ports, { at: clock.at, preparedCrls }, work));
      assert.deepEqual(
        found.changes.map(({ userId, before, after }) => [userId, before.kind, after.kind, after.code]),
        [[scene.ana.id, 'granted', 'refused', 'certificateRevoked']],
      );
      assert.deepEqual([await numberInUse(scene), await rowsOf(scene)], [undefined, 0]);
    }));

  test('one that is not of the stated kind is refused, in a dry run too, and one that is comes into use', () =>
    scenes.onDemo(async (scene) => {
      const bytes = crlOf(scene, [], 98n);
      const reason = { because: { code: 'graphPropertyInvalid', evidence: { target: 'isDelta', problem: notDelta } } };
      await assert.rejects(run(scene, bytes, false, { isDelta: true }), reason);
      const { ports } = scene;
      const requests = crlsConfigured((await ports.policies.current()).trustStore);
      const file = { name: 'base.crl', bytes, isDelta: true };
      await assert.rejects(evaluateCrls(requests, file, ports.crls as CrlCache).then(orThrow), reason);
      assert.deepEqual([await numberInUse(scene), await rowsOf(scene)], [undefined, 0]);
      await run(scene, bytes, false, { isDelta: false });
      assert.deepEqual([await numberInUse(scene), await rowsOf(scene)], ['98', 1]);
    }));

  test('it is imported when that is forced', () =>
    scenes.onDemo(async (scene) => {
      await run(scene, revokingAna(scene), true);
      assert.deepEqual([await numberInUse(scene), await rowsOf(scene)], ['99', 1]);
    }));

  test('one that revokes another card is imported, with its row of the audit log', () =>
    scenes.onDemo(async (scene) => {
      await run(scene, crlOf(scene, [123_456n], 98n));
      assert.deepEqual([await numberInUse(scene), await rowsOf(scene)], ['98', 1]);
    }));

  test('a CA that was removed before the transaction gets no CRL', () =>
    scenes.onDemo(async (scene) => {
      const remove = async () => {
        const row = await rowOf('issuing-1', scene.ports, scene);
        orThrow(await removeAuthority(row.id, { at: clock.at, actor, ports: scene.ports }));
      };
      await assert.rejects(run(scene, crlOf(scene, [], 98n), true, { meanwhile: remove }), refusedWith('nothingFound'));
      assert.deepEqual([await numberInUse(scene), await rowsOf(scene)], [undefined, 0]);
    }));

  test('what fails after the CRL came into use gives the former one back', () =>
    scenes.onDemo(async (scene) => {
      const failing = { ...scene.ports };
      failing.inTransaction = (work) =>
        scene.ports.inTransaction(async (inside) => {
          await work(inside);
          throw new Error('the commit failed');
        });
      await assert.rejects(run({ ...scene, ports: failing }, crlOf(scene, [], 98n)), /the commit failed/);
      assert.deepEqual([await numberInUse(scene), await rowsOf(scene)], [undefined, 0]);
    }));
});
