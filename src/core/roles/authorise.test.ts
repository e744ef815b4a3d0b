import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Access, type Area, areas } from './areas.ts';
import { authorise, type Caller, mayTouchHolder } from './authorise.ts';
import { directoryRoles } from './directory-roles.ts';
import { graphPermissions } from './permissions.ts';

/** graph-api §2.4 as a picture: columns in the order of `areas`; F may write, R may read, . may not. */
const matrix: Readonly<Record<string, string>> = {
  'Global Administrator': 'FFFFFFFFFFFFFFFRRFFFF',
  'Privileged Authentication Administrator': '.FRFRFFFR..RRRR..R...',
  'Authentication Policy Administrator': 'RRF.R...RR.RRRR..R...',
  'Authentication Administrator': '..R.RFF.R..RRRR..R...',
  'Hybrid Identity Administrator': '..R.R...R.FFRRRRRR...',
  'Conditional Access Administrator': '..R.R...RF.RRRRR.R...',
  'Security Administrator': '..R.R...RF.RRRRRRR...',
  'Security Reader': '..R.R...RR.RRRRRRR...',
  'Security Operator': '....R...RR.RRRRRRR...',
  'Reports Reader': '....R...R..RRRRRR....',
  'Global Reader': 'RRRRRRRRRRRRRRRRRRRRR',
  'User Administrator': '....FF.FF..RRRR..R...',
  'Groups Administrator': '....R...F..RRRR..R...',
  'Helpdesk Administrator': '....RF..R..RRRR..R...',
  'Password Administrator': '....RF..R..RRRR..R...',
  'Privileged Role Administrator': '....R...R..RRRR.RF...',
  'Application Administrator': '....R...R..RRFRR.R...',
  'Cloud Application Administrator': '....R...R..RRFRR.R...',
  'Cloud Device Administrator': '....R...R..RRRF..R.F.',
  'Intune Administrator': '....R...R..RRRF..RFR.',
  'Domain Name Administrator': '....R...R..FRRR..R...',
  'Organizational Branding Administrator': '....R...R..RRRR..R..F',
  'Directory Readers': '....R...R..RRRR..R...',
  'Directory Writers': '....F...F..RRRR..R...',
  'Directory Synchronization Accounts': '...FF..FF.FFRRR......',
  '(no role)': '....R...R..RRRR......',
};

const person = (roleIds: readonly string[], permissions: readonly string[]): Caller => ({
  kind: 'person',
  id: 'someone',
  appId: 'some app',
  permissions,
  roleIds,
});

describe('a person needs the permission and a role', () => {
  for (const [name, row] of Object.entries(matrix)) {
    const roleIds = directoryRoles
      .filter((directoryRole) => directoryRole.displayName === name)
      .map(({ templateId }) => templateId);
    test(`${name} may do what its row says, and nothing else`, () => {
      assert.equal(roleIds.length, name === '(no role)' ? 0 : 1);
      const matchingAreas = areas.map((area) =>
        ['F', 'R'].find((sign) => may(roleIds, area, sign === 'F' ? 'write' : 'read')),
      );
      assert.equal(matchingAreas.map((sign) => sign ?? '.').join(''), row);
    });
  }

  test('the matrix has a row for every role there is', () => {
    assert.deepEqual(
      Object.keys(matrix).slice(0, -1),
      directoryRoles.map(({ displayName }) => displayName),
    );
  });

  const may = (roleIds: readonly string[], area: Area, access: Access) =>
    authorise(person(roleIds, ['The.Scope']), { area, access, permissions: ['The.Scope'] }).outcome === 'passed';
});

describe('permissions', () => {
  const cases: readonly { name: string; caller: Caller; wanted: string; code: string }[] = [
    {
      name: 'a role without the permission is not enough',
      caller: person([directoryRoles[0]!.templateId], ['User.Read']),
      wanted: 'Organization.ReadWrite.All',
      code: 'graphScopeMissing',
    },
    {
      name: 'the permission without a role is not enough',
      caller: person([], ['Organization.ReadWrite.All']),
      wanted: 'Organization.ReadWrite.All',
      code: 'graphRoleMissing',
    },
    {
      name: 'a permission to read does not write',
      caller: person([directoryRoles[0]!.templateId], ['Organization.Read.All']),
      wanted: 'Organization.ReadWrite.All',
      code: 'graphScopeMissing',
    },
    {
      name: 'a permission to write reads too',
      caller: person([directoryRoles[0]!.templateId], ['Organization.ReadWrite.All']),
      wanted: 'Organization.Read.All',
      code: 'graphCallAllowed',
    },
    {
      name: 'an application needs no role',
      caller: { ...person([], ['Organization.Read.All']), kind: 'application' },
      wanted: 'Organization.Read.All',
      code: 'graphCallAllowed',
    },
  ];
  for (const { name, caller, wanted, code } of cases) {
    test(name, () => {
      const ruling = authorise(caller, { area: 'classicStore', access: 'write', permissions: [wanted] });
      assert.equal(ruling.because.code, code);
    });
  }

  test('a refusal names the roles that would do', () => {
    const need = { area: 'classicStore', access: 'write', permissions: ['X'] } as const;
    assert.deepEqual(authorise(person([], ['X']), need).because, {
      code: 'graphRoleMissing',
      evidence: { area: 'classicStore', access: 'write', accepted: ['Global Administrator'] },
    });
  });

  test('every id of a permission is a GUID, and no two are the same', () => {
    const ids = graphPermissions.flatMap(({ delegatedId, applicationId }) => [delegatedId, applicationId]);
    const knownIds = ids.filter((id) => id !== undefined);
    for (const id of knownIds) assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(new Set(knownIds).size, knownIds.length);
  });
});

describe('who holds a role is protected', () => {
  const idOf = (name: string) => directoryRoles.find(({ displayName }) => displayName === name)!.templateId;
  const cases = [
    { actor: 'User Administrator', target: [], outcome: 'passed' },
    { actor: 'User Administrator', target: ['Directory Readers'], outcome: 'passed' },
    { actor: 'User Administrator', target: ['Global Administrator'], outcome: 'refused' },
    { actor: 'Helpdesk Administrator', target: ['Reports Reader'], outcome: 'refused' },
    { actor: 'Global Administrator', target: ['Global Administrator'], outcome: 'passed' },
    { actor: 'Privileged Authentication Administrator', target: ['Global Administrator'], outcome: 'passed' },
  ] as const;
  for (const { actor, target, outcome } of cases) {
    test(`a ${actor} is ${outcome} for a holder of ${target.join() || 'nothing'}`, () => {
      const ruling = mayTouchHolder(person([idOf(actor)], []), target.map(idOf));
      assert.equal(ruling.outcome, outcome);
      if (outcome === 'refused') assert.equal(ruling.because.code, 'graphTargetProtected');
    });
  }
});
