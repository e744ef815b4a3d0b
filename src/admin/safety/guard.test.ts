import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import { furtherRows } from '#test/contract/guard/lock-out-rows.ts';
import {
  actor,
  addGroup,
  addPolicy,
  all,
  bindTo,
  cardOf,
  change,
  clock,
  groupId,
  isWithoutCertificate,
  location,
  mfa,
  off,
  openScenes,
  passkey,
  policyOf,
  provider,
  type Row,
  rowOf,
  target,
  x509,
} from '#test/contract/guard/lock-out-scene.ts';
import { removeUser } from '../directory/deletion.ts';
import { unassignRole } from '../directory/role-assignments.ts';
import { setPassword } from '../directory/users.ts';
import { documentOf } from '../document/tenant-document.ts';
import { changeAccess } from '../policies/change-access.ts';
import { applyDocument } from '../policies/policies.ts';
import { federateDomain } from '../tenant/domains.ts';
import { changeAuthority, removeAuthority } from '../trust/authorities.ts';
import { blockCertificate } from '../trust/blocked.ts';
import { deleteContainer } from '../trust/pki/pki-containers.ts';
import { changeTenant, type GuardPorts, rehearseTenant } from './guard.ts';

const rows: readonly Row[] = [
  { name: 'a Conditional Access policy that blocks her is added', change: addPolicy() },
  {
    name: 'a Conditional Access policy that blocks her is enabled',
    prepare: addPolicy({ state: 'disabled' }),
    change: (inside) =>
      changeAccess({ actor, ports: inside }, ({ policies }) => ({
        policies: policies.map((policy) => ({ ...policy, state: 'enabled' as const })),
      })).then(orThrow),
  },
  {
    name: 'a named location that a block excludes no longer holds her address',
    prepare: all(
      (inside) =>
        changeAccess({ actor, ports: inside }, () => ({ namedLocations: [location('127.0.0.0/8')] })).then(orThrow),
      (inside, { ana }) =>
        changeAccess({ actor, ports: inside }, () => ({
          policies: [
            policyOf(ana, {
              conditions: {
                ...policyOf(ana).conditions,
                locations: { includeLocations: ['All'], excludeLocations: [groupId] },
              },
            }),
          ],
        })).then(orThrow),
    ),
    change: (inside) =>
      changeAccess({ actor, ports: inside }, () => ({ namedLocations: [location('192.0.2.0/24')] })).then(orThrow),
  },
  { name: 'the method is disabled', change: off },
  { name: 'the method has no targets any more', change: x509(() => ({ includeTargets: [] })) },
  {
    name: 'a group that she is in is excluded',
    prepare: addGroup(true),
    change: x509(() => ({ excludeTargets: [target] })),
  },
  { name: 'the bindings read a property that she does not have', change: bindTo('certificateUserIds') },
  {
    name: 'the rule that makes her card multifactor goes, and a policy demands it',
    prepare: mfa,
    change: x509((old) => ({
      authenticationModeConfiguration: { ...old.authenticationModeConfiguration, rules: [] },
    })),
  },
  {
    name: 'she is added to the group that is excluded',
    prepare: all(
      addGroup(false),
      x509(() => ({ excludeTargets: [target] })),
    ),
    change: (inside, { ana }) => inside.groups.addMember(groupId, { kind: 'user', id: ana.id }, actor),
  },
  {
    name: 'she is removed from the group that is the target',
    prepare: all(
      addGroup(true),
      x509(() => ({ includeTargets: [target] })),
    ),
    change: (inside, { ana }) => inside.groups.removeMember(groupId, { kind: 'user', id: ana.id }, actor),
  },
  {
    name: 'the group that is the target is deleted',
    prepare: all(
      addGroup(true),
      x509(() => ({ includeTargets: [target] })),
    ),
    change: (inside) => inside.groups.remove(groupId, actor),
  },
  {
    name: 'the group that is excluded is restored',
    prepare: all(
      addGroup(true),
      x509(() => ({ excludeTargets: [target] })),
      (inside) => inside.groups.remove(groupId, actor),
    ),
    change: (inside) => inside.groups.restore(groupId, actor),
  },
  {
    name: 'her domain is federated',
    change: (inside) =>
      federateDomain(inside.tenant, 'woodgrove.test', provider, { actor, ports: inside }).then(orThrow),
  },
  {
    name: 'her user name is changed, and the binding reads it',
    prepare: bindTo('userPrincipalName'),
    change: change({ userPrincipalName: 'ana.ruiz@woodgrove.test' }),
  },
  {
    name: 'her onPremisesUserPrincipalName is changed, and the binding reads it',
    prepare: all(change({ onPremisesUserPrincipalName: 'ana@woodgrove.test' }), bindTo('onPremisesUserPrincipalName')),
    change: change({ onPremisesUserPrincipalName: 'other@woodgrove.test' }),
  },
  {
    name: 'her certificateUserIds are changed, and the binding reads them',
    prepare: all(change({ certificateUserIds: ['X509:<PN>ana@woodgrove.test'] }), bindTo('certificateUserIds')),
    change: change({ certificateUserIds: [] }),
  },
  { name: 'she is disabled', change: change({ accountEnabled: false }), code: 'graphLastAdministrator' },
  {
    name: 'she is deleted',
    change: (inside, { ana }) => removeUser(ana.id, { at: clock.at, actor, ports: inside }).then(orThrow),
    code: 'graphLastAdministrator',
  },
  {
    name: 'her role is taken away',
    change: (inside, { ana }) =>
      unassignRole(`${globalAdministrator}_${ana.id}`, { actor, ports: inside }).then(orThrow),
    code: 'graphLastAdministrator',
  },
  {
    name: 'the CA of her card is removed',
    change: async (inside, scene) =>
      removeAuthority((await rowOf('issuing-1', inside, scene)).id, { at: clock.at, actor, ports: inside }).then(
        orThrow,
      ),
  },
  {
    name: 'the container of the CAs is deleted',
    change: async (inside, scene) =>
      deleteContainer((await rowOf('root', inside, scene)).containerId!, { at: clock.at, actor, ports: inside }).then(
        orThrow,
      ),
  },
  {
    name: 'the CRL address of the CA is one where no server answers',
    change: async (inside, scene) => {
      const part = { certificateRevocationListUrl: 'http://127.0.0.1:1/x.crl', deltaCertificateRevocationListUrl: '' };
      return changeAuthority((await rowOf('issuing-1', inside, scene)).id, part, {
        at: clock.at,
        actor,
        ports: inside,
      }).then(orThrow);
    },
  },
  {
    name: 'her certificate is blocked',
    change: (inside, { pki }) => blockCertificate(cardOf(pki).der, undefined, { actor, ports: inside }).then(orThrow),
  },
  {
    name: 'a document that disables the method is applied',
    change: async (inside) => {
      const text = JSON.stringify(await documentOf(inside));
      const document: unknown = JSON.parse(text, function (this: { id?: unknown }, key, value: unknown) {
        return key === 'state' && value === 'enabled' && 'certificateUserBindings' in this ? 'disabled' : value;
      });
      return applyDocument(document, { actor, at: clock.at, ports: inside }, { dryRun: false }).then(orThrow);
    },
  },
  {
    name: 'her password, the only way left, is removed',
    prepare: all(
      async (inside, { ana }) =>
        setPassword(ana.id, await inside.passwords.hash('Correct horse 1'), { actor, ports: inside }).then(orThrow),
      off,
    ),
    change: (inside, { ana }) => setPassword(ana.id, undefined, { actor, ports: inside }).then(orThrow),
    isWithoutCertificate,
  },
  {
    name: 'her passkey, the only way left, is removed',
    prepare: all(passkey, off),
    change: (inside, { ana }) => inside.methods.remove(ana.id, groupId, actor),
    isWithoutCertificate,
  },
];
describe('the lock-out guard refuses every change that decides who may sign in', () => {
  const scenes = openScenes();
  before(() => scenes.start());
  after(() => scenes.end());

  for (const { name, prepare, change, code = 'lastAdministratorShutOut', isWithoutCertificate } of [
    ...rows,
    ...furtherRows,
  ]) {
    test(`${name}: refused, shown by a dry run, made by force`, () =>
      scenes.onDemo(async (scene) => {
        const { ports, ana } = scene;
        await prepare?.(ports, scene);
        const work = async (inside: GuardPorts) => success(await change(inside, scene));
        const guarded = async (isForced: boolean) =>
          orThrow(await changeTenant(ports, { at: clock.at, isForced }, work));
        const { version } = await ports.policies.current();
        await assert.rejects(guarded(false), (problem) => {
          assert.ok(problem instanceof CardeaError, String(problem));
          assert.equal(problem.because.code, code, problem.message);
          const { administrators = [] } = problem.because.evidence as { administrators?: { id: string }[] };
          if (code !== 'graphObjectInUse')
            assert.deepEqual(
              administrators.map(({ id }) => id),
              [ana.id],
            );
          if (problem.because.code === 'lastAdministratorShutOut')
            for (const { code, reasonText } of problem.because.evidence.administrators)
              assert.equal(reasonText === undefined, code === 'graphLastAdministrator');
          return true;
        });
        assert.equal((await ports.policies.current()).version, version);
        if (code !== 'lastAdministratorShutOut') return;
        if (!isWithoutCertificate) {
          const { dryRun } = orThrow(await rehearseTenant(ports, { at: clock.at }, work));
          assert.deepEqual(
            dryRun.changes.map(({ userId }) => userId),
            [ana.id],
          );
        }
        await guarded(true);
      }));
  }
});
