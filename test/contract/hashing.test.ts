import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import type { Installation, Output } from '#cli/command.ts';
import { localFiles } from '#cli/input/files.ts';
import { runCommandOn } from '#cli/run.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import type { Bearer } from '#graph/protocol/caller.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { Passwords } from '#ports/credentials.ts';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, emptyFolder, nodesAt, TestClock } from './databases.ts';
import { type GraphNode, serveGraph } from './graph-node.ts';
import { userOf } from './user-of.ts';

const permissions = [
  'User.ReadWrite.All',
  'User-PasswordProfile.ReadWrite.All',
  'UserAuthenticationMethod.ReadWrite.All',
];
const name = 'person@hash.test';
const profile = { passwordProfile: { password: 'Correct-Horse-7' } };
const newUser = {
  displayName: 'New',
  mailNickname: 'new',
  accountEnabled: true,
  userPrincipalName: 'new@hash.test',
  ...profile,
};
const passesEnabled = {
  id: 'TemporaryAccessPass',
  state: 'enabled',
  includeTargets: [{ targetType: 'group', id: 'all_users' }],
  excludeTargets: [],
} as const;

for (const database of databasesUnderTest()) {
  describe(`hashing holds no lock, on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    const tenantId = crypto.randomUUID();
    let folder = '';
    let storages: readonly Storage[] = [];
    let passwords: Passwords;
    let graph: GraphNode;
    /** Each hash that is made waits for it. */
    let onHash: () => Promise<void>;

    const lastNode = () => storages.at(-1)!.forTenant(tenantId);
    const portsOf = async () => {
      const tenant = (await storages[0]!.tenants.find(tenantId))!;
      return { ...lastNode(), tenant, clock, passwords } as unknown as GraphPorts;
    };
    before(async () => {
      storages = await nodesAt(await database.place(), clock);
      const domain = { id: 'hash.test', authenticationType: 'Managed', isVerified: true } as const;
      await storages[0]!.tenants.add({ id: tenantId, displayName: 'Hash', domains: [domain] });
      await lastNode().users.add(userOf(name), 'test');
      await lastNode().policy.setMethodState('TemporaryAccessPass', passesEnabled, 'test');
      const argon = openPasswords();
      passwords = { ...argon, hash: (password) => onHash().then(() => argon.hash(password)) };
      const request = { displayName: 'App', redirectUris: [], isPublicClient: false, roles: permissions };
      const { appId: id } = orThrow(await addApplication(request, { actor: 'test', ports: lastNode() })).application;
      const bearer: Bearer = { tenantId, kind: 'application', id, appId: id, permissions, issuedAt: clock.at };
      graph = await serveGraph(clock, () => bearer, portsOf);
      folder = emptyFolder();
      writeFileSync(join(folder, 'password'), 'Correct-Horse-7');
    });
    after(async () => {
      graph?.close();
      for (const storage of storages) await storage.close();
      database.end();
    });

    const cardea = async (...words: readonly string[]) => {
      const complaints: string[] = [];
      const output: Output = { cwd: folder, say: () => undefined, complain: (text) => complaints.push(text) };
      const { tenants } = storages[0]!;
      const installation = { tenants, clock, passwords, portsOf, adminOf: async () => lastNode() };
      const exit = await runCommandOn(installation as unknown as Installation, words, {
        output,
        files: localFiles(folder),
      });
      assert.equal(exit, 0, complaints.join(''));
    };
    const answered = async (status: number, ...call: Parameters<GraphNode['call']>) =>
      assert.deepEqual(await graph.call(...call), { status });

    const operations: Readonly<Record<string, () => Promise<unknown>>> = {
      'a user with a password is added by Graph': () => answered(201, 'POST', '/users', newUser),
      'a password is set by Graph': () => answered(204, 'PATCH', `/users/${name}`, profile),
      'a password is set in a dry run': () => answered(200, 'PATCH', `/users/${name}/dryRun`, profile),
      'a Temporary Access Pass is issued by Graph': () =>
        answered(201, 'POST', `/users/${name}/authentication/temporaryAccessPassMethods`, {}),
      'a user with a password is added by the command line': () =>
        cardea('user', 'add', 'other@hash.test', '--password-file', 'password'),
      'a password is set by the command line': () => cardea('user', 'set', name, '--password-file', 'password'),
      'a Temporary Access Pass is issued by the command line': () => cardea('user', 'tap', name),
    };
    for (const [title, operation] of Object.entries(operations)) {
      test(`${title}: its one hash waits for another change of the tenant, and the change is made`, {
        timeout: 30_000,
      }, async () => {
        let hashes = 0;
        onHash = async () => {
          hashes += 1;
          await storages[0]!.forTenant(tenantId).inTransaction(async () => undefined);
        };
        await operation();
        assert.equal(hashes, 1);
      });
    }
  });
}
