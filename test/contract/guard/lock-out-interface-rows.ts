import { addGroup } from '#admin/directory/groups.ts';
import {
  assignRole,
  type RoleAssignment,
  roleAssignmentKind,
  unassignRole,
} from '#admin/directory/role-assignments.ts';
import { chooseDefaultDomain } from '#admin/tenant/domain-names.ts';
import { classicStoreId } from '#admin/trust/classic-store.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { furtherScenes } from './lock-out-rows.ts';
import {
  actor,
  addGroup as addTargetGroup,
  all,
  groupId,
  provider,
  type Scene,
  target,
  type Work,
  x509,
} from './lock-out-scene.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document as JSON, which a row edits
type Json = any;
type GraphCall = readonly [method: string, path: string, body?: unknown];

/** A change by each interface that has it: a call of Graph, a document for `policy apply`, an export, or another command. */
export interface Interfaces {
  readonly name: string;
  readonly prepare?: Work;
  readonly graph?: (scene: Scene) => GraphCall | Promise<GraphCall>;
  readonly document?: ((standing: Json, scene: Scene) => unknown) | undefined;
  readonly exported?: unknown;
  /** A file that the command names. */
  readonly file?: (scene: Scene) => { readonly name: string; readonly bytes: Uint8Array };
  readonly command?: ((scene: Scene) => readonly string[]) | undefined;
  readonly isWithoutCertificate?: boolean;
}

/** A change that a rule refuses which no `force` lifts: both interfaces say the same words. */
export interface Refused {
  readonly name: string;
  readonly prepare?: Work;
  readonly graph: (scene: Scene) => GraphCall;
  readonly command: readonly string[];
  readonly words: RegExp;
}
const lastAdministrator = /without an enabled Global Administrator/;

/** She is Global Administrator as a member of a group alone. */
const throughGroup: Work = async (inside, { ana }) => {
  const group = { id: groupId, displayName: 'Administrators', profile: { isAssignableToRole: true } };
  orThrow(await addGroup(group, [{ kind: 'user', id: ana.id }], { actor, ports: inside }));
  orThrow(await assignRole({ principalId: groupId, roleDefinitionId: globalAdministrator }, { actor, ports: inside }));
  for (const { id, document } of await inside.objects.list<RoleAssignment>(roleAssignmentKind))
    if (document.principalId !== groupId) orThrow(await unassignRole(id, { actor, ports: inside }));
};

export const refusedRows: readonly Refused[] = [
  {
    name: 'she is disabled',
    graph: ({ ana }) => ['PATCH', `/users/${ana.id}`, { accountEnabled: false }],
    command: ['user', 'set', 'ana@woodgrove.test', '--disable'],
    words: lastAdministrator,
  },
  {
    name: 'she is deleted',
    graph: ({ ana }) => ['DELETE', `/users/${ana.id}`],
    command: ['user', 'remove', 'ana@woodgrove.test'],
    words: lastAdministrator,
  },
  {
    name: 'her role is taken away',
    graph: ({ ana }) => ['DELETE', `/roleManagement/directory/roleAssignments/${globalAdministrator}_${ana.id}`],
    command: ['role', 'remove', 'Global Administrator', 'ana@woodgrove.test'],
    words: lastAdministrator,
  },
  {
    name: 'she leaves the group that lends her the role',
    prepare: throughGroup,
    graph: ({ ana }) => ['DELETE', `/groups/${groupId}/members/${ana.id}/$ref`],
    command: ['group', 'member', 'remove', groupId, 'ana@woodgrove.test'],
    words: lastAdministrator,
  },
  {
    name: 'the group that lends her the role is deleted',
    prepare: throughGroup,
    graph: () => ['DELETE', `/groups/${groupId}`],
    command: ['group', 'delete', groupId],
    words: lastAdministrator,
  },
  {
    name: 'the role of the group that lends it to her is taken away',
    prepare: throughGroup,
    graph: () => ['DELETE', `/directoryRoles/${globalAdministrator}/members/${groupId}/$ref`],
    command: ['role', 'remove', 'Global Administrator', groupId],
    words: lastAdministrator,
  },
  {
    name: 'her domain is removed',
    prepare: (inside) => chooseDefaultDomain('woodgrove.local', { actor, ports: inside }).then(orThrow),
    graph: () => ['DELETE', '/domains/woodgrove.test'],
    command: ['domain', 'remove', 'woodgrove.test'],
    words: /woodgrove\.test.*\d+ users/,
  },
];

const { strengthId, demandStrength, rolledOut, rolloutId, inClassicStore, withoutCrlAddress, validation, passkeyOnly } =
  furtherScenes;
const configurations = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations';
const bodyOfType = (method: string, part: object) => ({
  '@odata.type': `#microsoft.graph.${method}AuthenticationMethodConfiguration`,
  ...part,
});
const x509Call = (part: object): GraphCall => [
  'PATCH',
  `${configurations}/X509Certificate`,
  bodyOfType('x509Certificate', part),
];
const strengths = '/policies/authenticationStrengthPolicies';
const rollouts = '/policies/featureRolloutPolicies';
const foreignSki = '00112233445566778899AABBCCDDEEFF00112233';
const withStrength = (part: Partial<AuthenticationStrength>) => (standing: Json) => ({
  authenticationStrengths: standing.authenticationStrengths.map((item: object) => ({ ...item, ...part })),
});
const withMethod = (part: object) => (standing: Json) => ({
  x509Certificate: { ...standing.x509Certificate, ...part },
});
const foreignIssuer = { appliesToCombinations: ['x509CertificateMultiFactor'], allowedIssuerSkis: [foreignSki] };

export const interfaceRows: readonly Interfaces[] = [
  {
    name: 'the strength that a policy demands of her no longer has certificates',
    prepare: demandStrength,
    graph: () => ['POST', `${strengths}/${strengthId}/updateAllowedCombinations`, { allowedCombinations: ['fido2'] }],
    document: withStrength({ allowedCombinations: ['fido2'] }),
  },
  {
    name: 'the strength that a policy demands of her asks for another issuer',
    prepare: demandStrength,
    graph: () => [
      'POST',
      `${strengths}/${strengthId}/combinationConfigurations`,
      { '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration', ...foreignIssuer },
    ],
    document: withStrength({
      combinationConfigurations: [
        { id: groupId, ...foreignIssuer } as unknown as AuthenticationStrength['combinationConfigurations'][number],
      ],
    }),
  },
  {
    name: 'a CRL is required, and her CA has no address of one',
    prepare: all(validation('disabled'), withoutCrlAddress),
    graph: () => x509Call({ crlValidationConfiguration: { state: 'enabled' } }),
    document: withMethod({ crlValidationConfiguration: { state: 'enabled' } }),
  },
  {
    name: 'the method is reset to the factory settings',
    graph: () => ['DELETE', `${configurations}/X509Certificate`],
    document: () => ({ x509Certificate: {} }),
  },
  {
    name: 'the staged rollout that keeps her here is removed',
    prepare: rolledOut,
    graph: async ({ ports }) => ['DELETE', `${rollouts}/${await rolloutId(ports)}`],
    document: () => ({ featureRolloutPolicies: [] }),
  },
  {
    name: 'the staged rollout that keeps her here is disabled',
    prepare: rolledOut,
    graph: async ({ ports }) => ['PATCH', `${rollouts}/${await rolloutId(ports)}`, { isEnabled: false }],
    document: ({ featureRolloutPolicies }) => ({
      featureRolloutPolicies: featureRolloutPolicies.map((item: object) => ({ ...item, isEnabled: false })),
    }),
  },
  {
    name: 'her group is taken out of the staged rollout',
    prepare: rolledOut,
    graph: async ({ ports }) => ['DELETE', `${rollouts}/${await rolloutId(ports)}/appliesTo/${groupId}/$ref`],
    document: ({ featureRolloutPolicies }) => ({
      featureRolloutPolicies: featureRolloutPolicies.map((item: object) => ({ ...item, appliesTo: [] })),
    }),
  },
  {
    name: 'passkeys, her only way left, are disabled',
    prepare: passkeyOnly,
    graph: () => ['PATCH', `${configurations}/Fido2`, bodyOfType('fido2', { state: 'disabled' })],
    isWithoutCertificate: true,
  },
  {
    name: 'passkeys, her only way left, are for a group that she is not in',
    prepare: all(passkeyOnly, addTargetGroup(false)),
    graph: () => ['PATCH', `${configurations}/Fido2`, bodyOfType('fido2', { includeTargets: [target] })],
    isWithoutCertificate: true,
  },
  {
    name: 'her passkey, her only way left, is removed',
    prepare: passkeyOnly,
    graph: ({ ana }) => ['DELETE', `/users/${ana.id}/authentication/fido2Methods/${groupId}`],
    isWithoutCertificate: true,
  },
  {
    name: 'the classic store, which has her CA, is deleted',
    prepare: inClassicStore,
    graph: ({ ports }) => [
      'DELETE',
      `/organization/${ports.tenant.id}/certificateBasedAuthConfiguration/${classicStoreId}`,
    ],
    document: () => ({ certificateAuthorities: [] }),
  },
  {
    name: 'an export of Entra that disables the method is imported',
    exported: { id: 'X509Certificate', state: 'disabled' },
  },
  {
    name: 'the group that is excluded is restored',
    prepare: all(
      addTargetGroup(true),
      x509(() => ({ excludeTargets: [target] })),
      (inside) => inside.groups.remove(groupId, actor),
    ),
    graph: () => ['POST', `/directory/deletedItems/${groupId}/restore`, {}],
  },
  {
    name: 'her domain is federated',
    graph: () => ['POST', '/domains/woodgrove.test/federationConfiguration', provider],
    command: () => [
      ...['domain', 'federate', 'woodgrove.test'],
      ...['--issuer', provider.issuerUri, '--sign-in-uri', provider.passiveSignInUri],
    ],
  },
];
