import type { DirectoryQuestion } from '#core/binding/user.ts';
import type { Tenants } from '#ports/tenants.ts';
import { openFederations } from '../stores/directory/federations.ts';
import type { TenantStorage } from '../tenant-storage.ts';
import { type Area, installation } from './change-marks.ts';
import type { ReadCache } from './read-cache.ts';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The tenants of an installation, from memory where nothing was changed. */
export function cachedTenants(tenants: Tenants, cache: ReadCache): Tenants {
  const read = <T>(tenantId: string, key: string, load: () => Promise<T>) =>
    cache.read({ tenantId, area: 'tenants' }, key, load);
  return withReads(tenants, cache, {
    find(idOrDomain) {
      const target = idOrDomain.toLowerCase();
      // What follows reads of this tenant, whose marks are read with it.
      return read(guid.test(target) ? target : installation, `find ${target}`, () => tenants.find(target));
    },
    list: () => read(installation, 'list', () => tenants.list()),
  });
}

/**
 * The stores of one tenant with what a sign-in reads again and again from memory: policy, applications, users, groups and
 * objects. Changes go to the stores themselves; what a transaction reads is read in it.
 */
export function cachedStores(stores: TenantStorage, tenantId: string, cache: ReadCache): TenantStorage {
  const read = <T>(area: Area, key: readonly unknown[], load: () => Promise<T>) =>
    cache.read({ tenantId, area }, JSON.stringify(key), load);
  const { policies, applications, directory, objects, groups } = stores;
  const cachedObjects = withReads(objects, cache, {
    list: (kind, owner) => read('objects', ['list', kind, owner], () => objects.list(kind, owner)) as never,
    find: (kind, id) => read('objects', ['find', kind, id], () => objects.find(kind, id)) as never,
    ofOwners: (kind, owners) =>
      read('objects', ['ofOwners', kind, ...owners], () => objects.ofOwners(kind, owners)) as never,
  });
  const cachedGroups = withReads(groups, cache, {
    find: (id) => read('directory', ['group', id], () => groups.find(id)),
    directGroups: (member) =>
      read('directory', ['directGroups', member.kind, member.id], () => groups.directGroups(member)),
  });
  const answerTo = (question: DirectoryQuestion) =>
    cache.read(
      { tenantId, area: 'directory' },
      JSON.stringify(['answer', question.property, question.value]),
      async () => (await directory.answer([question]))[0]!,
      ({ users }) => users.map((user) => [JSON.stringify(['user', user.id]), user]),
    );
  const lastMethod = (userId: string) => read('habits', [userId], () => directory.lastMethod(userId));
  return {
    ...stores,
    tenants: cachedTenants(stores.tenants, cache),
    policies: { current: () => read('policy', ['current'], () => policies.current()) },
    applications: withReads(applications, cache, {
      find: (appId) => read('applications', ['find', appId.toLowerCase()], () => applications.find(appId)),
      findByIdentifierUri: (uri) => read('applications', ['uri', uri], () => applications.findByIdentifierUri(uri)),
    }),
    directory: withReads(directory, cache, {
      answer: (questions) => Promise.all(questions.map(answerTo)),
      user: (id) => read('directory', ['user', id], () => directory.user(id)),
      passwordHash: (userId) => directory.passwordHash(userId),
      lastMethod,
      async rememberMethod(userId, method) {
        if ((await lastMethod(userId)) === method) return;
        await directory.rememberMethod(userId, method);
        cache.forget();
      },
    }),
    objects: cachedObjects,
    groups: cachedGroups,
    federations: openFederations(cachedObjects, cachedGroups),
    users: withReads(stores.users, cache, {}),
    policy: withReads(stores.policy, cache, {}),
    trustStore: withReads(stores.trustStore, cache, {}),
    deleted: withReads(stores.deleted, cache, {}),
    live: withReads(stores.live, cache, { noteCertificate: (...noted) => stores.live.noteCertificate(...noted) }),
    async inTransaction(work) {
      try {
        return await stores.inTransaction(work);
      } finally {
        cache.forget();
      }
    },
  };
}

type Method = (...values: readonly unknown[]) => Promise<unknown>;

/** The store with these reads in place of its own. After any other call the request looks for changes again. */
function withReads<S extends object>(store: S, cache: ReadCache, reads: Partial<S>): S {
  const methods = Object.entries(store).map(([name, method]) => [
    name,
    async (...values: readonly unknown[]) => {
      try {
        return await (method as Method)(...values);
      } finally {
        cache.forget();
      }
    },
  ]);
  return { ...(Object.fromEntries(methods) as S), ...reads };
}
