import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Target } from '#core/synchronisation/target.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import type { GuardPorts } from '../../safety/guard.ts';
import { applyChange } from './apply-change.ts';

/** Ends in RIGHT-TO-LEFT OVERRIDE: what follows it is read backwards. */
const misleading = 'Payroll\u202e';
const base = { sourceId: '0012d687-0000-4000-8000-000000000001', displayName: 'Payroll', profile: {}, problems: [] };
const targets: readonly Target[] = [
  {
    ...{ ...base, kind: 'user', anchor: 'anchor', userPrincipalName: 'ana@woodgrove.test', accountEnabled: true },
    ...{ mail: undefined, onPremisesUserPrincipalName: undefined, certificateUserIds: [] },
  },
  { ...base, kind: 'group', memberIds: [] },
  {
    ...{ ...base, kind: 'computer', accountEnabled: true, operatingSystem: 'Windows', operatingSystemVersion: '10' },
    ...{ onPremisesSecurityIdentifier: null, onPremisesCertificates: [] },
  },
];

describe('an object of a synchronization whose name holds invisible characters has a provisioning error', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());

  const changes: Readonly<Record<string, object>> = {
    displayName: { displayName: misleading },
    mailNickname: { profile: { mailNickname: misleading } },
  };
  for (const target of targets)
    for (const [name, change] of Object.entries(changes))
      test(`${name} of a ${target.kind}`, async () => {
        const ports = { ...woodgrove.ports, tenant: woodgrove.tenant } as unknown as GuardPorts;
        const apply = (applied: Target) =>
          applyChange(
            { action: 'add', target: applied, digest: 'digest', known: undefined },
            { domain: 'corp.test', at: new Date(0) },
            ports,
          );
        const refused = await apply({ ...target, ...change } as Target);
        assert.equal(refused.objectId, undefined);
        assert.deepEqual(
          refused.problems.map(({ propertyCausingError }) => propertyCausingError),
          ['textHoldsControls'],
        );
        assert.equal(typeof (await apply(target)).objectId, 'string', 'the next run writes it under a plain name');
      });
});
