import { changeAccess } from '#admin/policies/change-access.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import type { Interfaces } from './lock-out-interface-rows.ts';
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
  location,
  policyOf,
  rowOf,
  type Scene,
  target,
  type Work,
  x509,
} from './lock-out-scene.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document as JSON, which a row edits
type Json = any;

const stores = '/directory/publicKeyInfrastructure';
const policies = '/identity/conditionalAccess/policies';
const locations = '/identity/conditionalAccess/namedLocations';

async function authorityPath(scene: Scene, name: 'root' | 'issuing-1' = 'issuing-1'): Promise<string> {
  const { containerId, id } = await rowOf(name, scene.ports, scene);
  return `${stores}/certificateBasedAuthConfigurations/${containerId}/certificateAuthorities/${id}`;
}

/** A CRL of her CA that revokes her card. */
function revoking({ pki }: Scene): Uint8Array {
  const day = 86_400_000;
  const [yesterday, tomorrow] = [new Date(clock.at.getTime() - day), new Date(clock.at.getTime() + day)];
  const entries = [{ serial: cardOf(pki).serial, revocationDate: yesterday }];
  return pki.authorities['issuing-1'].crl({ number: 99n, thisUpdate: yesterday, nextUpdate: tomorrow, entries });
}

const keyOf = (ca: { readonly subjectKeyIdentifier: Uint8Array }) =>
  Buffer.from(ca.subjectKeyIdentifier).toString('hex');
const blocks = ({ ana }: Scene) => JSON.parse(JSON.stringify(policyOf(ana)));
const withoutId = ({ id: _, ...rest }: Json): Json => rest;
const nowhere = 'http://127.0.0.1:1/x.crl';
const inTarget = all(
  addGroup(true),
  x509(() => ({ includeTargets: [target] })),
);
/** A block of everywhere but one place, where she is. */
const placed: Work = async (inside, { ana }) => {
  orThrow(await changeAccess({ actor, ports: inside }, () => ({ namedLocations: [location('127.0.0.0/8')] })));
  const locations = { includeLocations: ['All'], excludeLocations: [groupId] };
  const policy = policyOf(ana, { conditions: { ...policyOf(ana).conditions, locations } });
  orThrow(await changeAccess({ actor, ports: inside }, () => ({ policies: [policy] })));
};
const otherRange = { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' };

export const moreInterfaceRows: readonly Interfaces[] = [
  {
    name: 'a CRL that revokes her card is imported',
    graph: async (scene) => [
      'POST',
      `${await authorityPath(scene)}/importCrl`,
      { crl: Buffer.from(revoking(scene)).toString('base64') },
    ],
    file: (scene) => ({ name: 'revoking.crl', bytes: revoking(scene) }),
    command: () => ['crl', 'import', 'revoking.crl'],
  },
  {
    name: 'her CA is removed',
    graph: async (scene) => ['DELETE', await authorityPath(scene)],
    document: ({ certificateAuthorities }) => ({
      certificateAuthorities: certificateAuthorities.filter(
        ({ displayName }: Json) => !/issuing.*1/i.test(displayName),
      ),
    }),
  },
  {
    name: 'the container of her CA is removed',
    graph: async (scene) => {
      const { containerId } = await rowOf('root', scene.ports, scene);
      return ['DELETE', `${stores}/certificateBasedAuthConfigurations/${containerId}`];
    },
    document: () => ({ certificateAuthorities: [] }),
  },
  {
    name: 'her certificate is blocked',
    graph: ({ pki }) => [
      'POST',
      `${stores}/blockedCertificates`,
      { certificate: Buffer.from(cardOf(pki).der).toString('base64') },
    ],
    file: ({ pki }) => ({ name: 'card.pem', bytes: Buffer.from(pem('CERTIFICATE', cardOf(pki).der)) }),
    command: () => ['block', 'add', 'card.pem'],
  },
  {
    name: 'her certificate is blocked by issuer and serial number in a tenant file',
    document: (_, { pki }) => ({
      blockedCertificates: [
        {
          issuerSubjectKeyIdentifier: keyOf(pki.authorities['issuing-1']),
          serialNumber: cardOf(pki).serial.toString(16),
        },
      ],
    }),
  },
  {
    name: 'a policy that blocks her is added',
    graph: (scene) => ['POST', policies, withoutId(blocks(scene))],
    document: (standing, scene) => ({
      conditionalAccessPolicies: [...standing.conditionalAccessPolicies, blocks(scene)],
    }),
  },
  {
    name: 'a policy that blocks her is enabled',
    prepare: addPolicy({ state: 'disabled', id: groupId }),
    graph: () => ['PATCH', `${policies}/${groupId}`, { state: 'enabled' }],
    document: ({ conditionalAccessPolicies }) => ({
      conditionalAccessPolicies: conditionalAccessPolicies.map((item: object) => ({ ...item, state: 'enabled' })),
    }),
  },
  {
    name: 'her user name is changed, and the binding reads it',
    prepare: bindTo('userPrincipalName'),
    graph: ({ ana }) => ['PATCH', `/users/${ana.id}`, { userPrincipalName: 'other@woodgrove.test' }],
    command: () => ['user', 'set', 'ana@woodgrove.test', '--upn', 'other@woodgrove.test'],
  },
  {
    name: 'her certificateUserIds are taken away, and the binding reads them',
    prepare: all(change({ certificateUserIds: ['X509:<PN>ana@woodgrove.test'] }), bindTo('certificateUserIds')),
    graph: ({ ana }) => ['PATCH', `/users/${ana.id}`, { authorizationInfo: { certificateUserIds: [] } }],
    document: () => ({ users: [{ userPrincipalName: 'ana@woodgrove.test', certificateUserIds: [] }] }),
  },
  {
    name: 'she leaves the group that is the target of the method',
    prepare: inTarget,
    graph: ({ ana }) => ['DELETE', `/groups/${groupId}/members/${ana.id}/$ref`],
    command: () => ['group', 'member', 'remove', groupId, 'ana@woodgrove.test'],
  },
  {
    name: 'a tenant file leaves her out of the group that is the target of the method',
    prepare: inTarget,
    document: () => ({ groups: [{ id: groupId, displayName: 'Group', members: [] }] }),
  },
  {
    name: 'the group that is the target of the method is deleted',
    prepare: inTarget,
    graph: () => ['DELETE', `/groups/${groupId}`],
    command: () => ['group', 'delete', groupId],
  },
  {
    name: 'the CRL of her CA has an address where no server answers',
    graph: async (scene) => [
      'PATCH',
      await authorityPath(scene),
      { certificateRevocationListUrl: nowhere, deltacertificateRevocationListUrl: null },
    ],
    document: ({ certificateAuthorities }) => ({
      certificateAuthorities: certificateAuthorities.map(({ deltaCertificateRevocationListUrl: _, ...item }: Json) => ({
        ...item,
        certificateRevocationListUrl: nowhere,
      })),
    }),
  },
  {
    name: 'her CA is for members of a group that she is not in',
    prepare: addGroup(false),
    document: ({ x509Certificate, certificateAuthorities }, { pki }) => ({
      x509Certificate: {
        ...x509Certificate,
        certificateAuthorityScopes: [
          {
            includeTargets: [{ targetType: 'group', id: groupId }],
            subjectKeyIdentifier: keyOf(pki.authorities['issuing-1']),
            publicKeyInfrastructureIdentifier: certificateAuthorities[0].container,
          },
        ],
      },
    }),
  },
  {
    name: 'a deleted policy that blocks her is restored',
    prepare: all(addPolicy({ id: groupId }), (inside) =>
      changeAccess({ actor, ports: inside }, () => ({ policies: [] })).then(orThrow),
    ),
    graph: () => ['POST', `/identity/conditionalAccess/deletedItems/policies/${groupId}/restore`, {}],
  },
  {
    name: 'an export of Entra with a policy that blocks every user is imported',
    exported: { ...blockAll(), '@odata.type': '#microsoft.graph.conditionalAccessPolicy' },
  },
  {
    name: 'a place from which she may sign in no longer has her address',
    prepare: placed,
    graph: () => [
      'PATCH',
      `${locations}/${groupId}`,
      { '@odata.type': '#microsoft.graph.ipNamedLocation', ipRanges: [otherRange] },
    ],
    document: ({ namedLocations }) => ({
      namedLocations: namedLocations.map((item: object) => ({ ...item, ipRanges: ['192.0.2.0/24'] })),
    }),
  },
];

function blockAll(): Json {
  return {
    displayName: 'Block all',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  };
}
