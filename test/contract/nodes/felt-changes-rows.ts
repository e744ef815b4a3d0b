import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import type { Application } from '#model/application.ts';
import type { AuthorityRow } from '#model/authority.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { testCa } from '../../pki/test-ca.ts';
import { TestClock } from '../databases.ts';
import { userOf } from '../user-of.ts';

// Every process that reads this file means the same objects.
export const actor = 'test';
const at = new TestClock().at;
export const user = { ...userOf('ana@felt.test'), id: '4c9a1c5e-52a5-4a86-9d0f-6b1c8a9f0001' };
const [group, outer] = ['4c9a1c5e-52a5-4a86-9d0f-6b1c8a9f0002', '4c9a1c5e-52a5-4a86-9d0f-6b1c8a9f0003'];
export const kind = 'roleAssignments';
export const entry = { activity: 'Change', actor };
const application: Application = {
  appId: '4c9a1c5e-52a5-4a86-9d0f-6b1c8a9f0004',
  displayName: 'App',
  redirectUris: ['https://a.test/cb'],
  postLogoutRedirectUris: [],
  isPublicClient: true,
  secretHashes: [],
  identifierUris: ['api://felt'],
  roles: [],
  homepage: undefined,
};
const authority: AuthorityRow = {
  id: '4c9a1c5e-52a5-4a86-9d0f-6b1c8a9f0005',
  der: new Uint8Array(testCa('CN=Felt').der),
  displayName: 'Root',
  authorityType: 'root',
  certificateRevocationListUrl: 'http://crl.test/root.crl',
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
  createdDateTime: at,
};

interface Change {
  /** What one server does … */
  readonly name: string;
  readonly make: (stores: TenantStorage, storage: Storage, tenantId: string) => Promise<unknown>;
  /** … and what a sign-in on the other one reads, before and after. */
  readonly read: (stores: TenantStorage, storage: Storage, tenantId: string) => Promise<unknown>;
  readonly sees: readonly [before: unknown, after: unknown];
}

const names = async (stores: TenantStorage) => {
  const [answer] = await stores.directory.answer([{ property: 'userPrincipalName', value: 'ana@felt.test' }]);
  return answer!.users.map(({ displayName }) => displayName);
};

/** In this order, each from what the one before has left. */
export const changes: readonly Change[] = [
  {
    name: 'a user is added',
    make: (stores) => stores.users.add(user, actor),
    read: names,
    sees: [[], ['ana@felt.test']],
  },
  {
    name: 'a user is disabled',
    make: (stores) => stores.users.update({ ...user, accountEnabled: false }, actor),
    read: async (stores) => (await stores.directory.user(user.id))?.accountEnabled,
    sees: [true, false],
  },
  {
    name: 'the sessions of a user are revoked',
    make: (stores) => stores.live.endOfUser(user.id, at, actor),
    read: async (stores) => (await stores.directory.user(user.id))?.signInSessionsValidFromDateTime,
    sees: [undefined, at.toISOString()],
  },
  {
    name: 'a certificate identifier is added to a user',
    make: (stores) => stores.users.update({ ...user, certificateUserIds: ['X509:<SKI>aa'] }, actor),
    read: async (stores) => {
      const [answer] = await stores.directory.answer([{ property: 'certificateUserIds', value: 'X509:<SKI>aa' }]);
      return answer!.users.length;
    },
    sees: [0, 1],
  },
  {
    name: 'the last method of a user changes',
    make: (stores) => stores.directory.rememberMethod(user.id, 'password'),
    read: (stores) => stores.directory.lastMethod(user.id),
    sees: [undefined, 'password'],
  },
  {
    name: 'a group is added',
    make: (stores) => stores.groups.add({ id: group, displayName: 'Group' }, actor),
    read: async (stores) => (await stores.groups.find(group))?.displayName,
    sees: [undefined, 'Group'],
  },
  {
    name: 'a user joins a group',
    make: (stores) => stores.groups.addMember(group, { kind: 'user', id: user.id }, actor),
    read: (stores) => stores.groups.directGroups({ kind: 'user', id: user.id }),
    sees: [[], [group]],
  },
  {
    name: 'a group joins a group',
    async make(stores) {
      await stores.groups.add({ id: outer, displayName: 'Outer' }, actor);
      await stores.groups.addMember(outer, { kind: 'group', id: group }, actor);
    },
    read: async (stores) => (await stores.directory.user(user.id))?.groupIds.length,
    sees: [1, 2],
  },
  {
    name: 'a user leaves a group',
    make: (stores) => stores.groups.removeMember(group, { kind: 'user', id: user.id }, actor),
    read: async (stores) => (await stores.directory.user(user.id))?.groupIds,
    sees: [[group, outer].sort(), []],
  },
  {
    name: 'a user is deleted',
    make: (stores) => stores.users.remove(user.id, actor),
    read: names,
    sees: [['ana@felt.test'], []],
  },
  {
    name: 'a user is restored',
    make: (stores) => stores.users.restore(user.id, actor),
    read: names,
    sees: [[], ['ana@felt.test']],
  },
  {
    name: 'a certificate is blocked',
    make: (stores) => stores.policy.setBlocked([{ tbsSha256: 'aa' }], actor),
    read: async (stores) => (await stores.policies.current()).revocation.blocked?.length,
    sees: [0, 1],
  },
  {
    name: 'the method is switched off',
    make: (stores) => stores.policy.setX509({ ...defaultX509CertificateConfiguration, state: 'disabled' }, actor),
    read: async (stores) => (await stores.policies.current()).x509.state,
    sees: [defaultX509CertificateConfiguration.state, 'disabled'],
  },
  {
    name: 'a Conditional Access policy is added',
    make: (stores) => stores.policy.changeAccess(actor, () => ({ policies: [{ id: 'p' } as never] })),
    read: async (stores) => (await stores.policies.current()).access.length,
    sees: [0, 1],
  },
  {
    name: 'a CA is added',
    make: (stores) => stores.trustStore.add(authority, actor),
    read: async (stores) => (await stores.policies.current()).trustStore.authorities.length,
    sees: [0, 1],
  },
  {
    name: 'a CA is deleted',
    make: (stores) => stores.trustStore.remove(authority.id, actor),
    read: async (stores) => (await stores.policies.current()).trustStore.authorities.length,
    sees: [1, 0],
  },
  {
    name: 'an application is added',
    make: (stores) => stores.applications.put(application),
    read: async (stores) => (await stores.applications.find(application.appId))?.displayName,
    sees: [undefined, 'App'],
  },
  {
    name: 'an application changes',
    make: (stores) => stores.applications.change(application.appId, (old) => ({ ...old, displayName: 'New' }), actor),
    read: async (stores) => (await stores.applications.findByIdentifierUri('api://felt'))?.displayName,
    sees: ['App', 'New'],
  },
  {
    name: 'an application is deleted',
    make: (stores) => stores.applications.remove(application.appId, actor),
    read: async (stores) => (await stores.applications.find(application.appId))?.displayName,
    sees: ['New', undefined],
  },
  {
    name: 'an object is added',
    make: (stores) => stores.objects.add({ kind, id: 'o', owner: undefined, document: { value: 1 } }, entry),
    read: async (stores) => (await stores.objects.list(kind)).length,
    sees: [0, 1],
  },
  {
    name: 'an object changes',
    make: (stores) => stores.objects.change(kind, 'o', () => ({ value: 2 }), entry),
    read: async (stores) => (await stores.objects.find<{ value: number }>(kind, 'o'))?.document.value,
    sees: [1, 2],
  },
  {
    name: 'an object is removed in a transaction',
    make: (stores) => stores.inTransaction((inside) => inside.objects.remove(kind, 'o', entry)),
    read: async (stores) => (await stores.objects.list(kind)).length,
    sees: [1, 0],
  },
  {
    name: 'the tenant is renamed',
    make: (_, storage, tenantId) => storage.tenants.setDisplayName(tenantId, 'New', actor),
    read: async (_, storage, tenantId) => (await storage.tenants.find(tenantId))?.displayName,
    sees: ['Felt', 'New'],
  },
  {
    name: 'a domain is verified',
    make: (_, storage, tenantId) => storage.tenants.verifyDomain(tenantId, 'more.test', actor),
    read: async (_, storage) => (await storage.tenants.find('more.test'))?.displayName,
    sees: [undefined, 'New'],
  },
  {
    name: 'a domain is removed',
    make: (_, storage, tenantId) => storage.tenants.removeDomain(tenantId, 'more.test', actor),
    read: async (_, storage) => (await storage.tenants.find('more.test'))?.displayName,
    sees: ['New', undefined],
  },
];
