import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { documentOf } from '#admin/document/tenant-document.ts';
import type { Installation, Output } from '#cli/command.ts';
import { localFiles } from '#cli/input/files.ts';
import { runCommandOn } from '#cli/run.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import { serveGraph } from '../graph-node.ts';
import { moreInterfaceRows } from './lock-out-interface-more.ts';
import { type Interfaces, interfaceRows, refusedRows } from './lock-out-interface-rows.ts';
import { clock, openScenes, type Scene } from './lock-out-scene.ts';

const permissions = [
  'User.ReadWrite.All',
  'Group.ReadWrite.All',
  'Directory.ReadWrite.All',
  'Domain.ReadWrite.All',
  'Organization.ReadWrite.All',
  'PublicKeyInfrastructure.ReadWrite.All',
  'Policy.Read.All',
  'Policy.ReadWrite.AuthenticationMethod',
  'Policy.ReadWrite.ConditionalAccess',
  'Policy.ReadWrite.HybridAuthentication',
  'UserAuthenticationMethod.ReadWrite.All',
  'User.EnableDisableAccount.All',
  'RoleManagement.ReadWrite.Directory',
];

/** Graph of the scene, called by an application that may do everything here. */
async function graphOf({ ports }: Scene) {
  const request = { displayName: 'App', redirectUris: [], isPublicClient: false, roles: permissions };
  const { appId: id } = orThrow(await addApplication(request, { actor: 'test', ports })).application;
  const bearer = { tenantId: ports.tenant.id, kind: 'application' as const, id, appId: id, permissions };
  const current = async () => ({
    ...ports,
    crlAdmin: ports.crls,
    tenant: (await ports.tenants.find(ports.tenant.id))!,
  });
  return serveGraph(clock, () => ({ ...bearer, issuedAt: clock.at }), current as unknown as () => Promise<GraphPorts>);
}

/** A command on the scene: how it ended and what it said on stderr. */
async function cardea({ ports }: Scene, cwd: string, words: readonly string[]) {
  const complaints: string[] = [];
  const output: Output = { cwd, say: () => undefined, complain: (text) => complaints.push(text) };
  const portsOf = async () => ({ ...ports, tenant: (await ports.tenants.find(ports.tenant.id))! });
  const { tenants, passwords, crls } = ports;
  const installation = { tenants, clock, passwords, crls, firstParty: [], portsOf, adminOf: portsOf };
  const exit = await runCommandOn(installation as unknown as Installation, words, { output, files: localFiles(cwd) });
  return { exit, complaint: complaints.join('') };
}

/** The command of a row that brings a file. */
function wordsFor({ document, exported }: Pick<Interfaces, 'document' | 'exported'>): Interfaces['command'] {
  if (document) return () => ['policy', 'apply', 'document.json'];
  return exported ? () => ['import', 'entra', 'export.json', '--tenant', 'woodgrove.test'] : undefined;
}

describe('a change that locks out the last Global Administrator has one answer, in the words of the interface', () => {
  const scenes = openScenes();
  const folder = mkdtempSync(join(tmpdir(), 'cardea-lock-out-'));
  before(() => scenes.start());
  after(async () => {
    await scenes.end();
    rmSync(folder, { recursive: true });
  });

  const versionOf = async ({ ports }: Scene) => (await ports.policies.current()).version;
  const shutOut = { code: 'lastAdministratorLockedOut', mayForce: true };

  for (const { name, prepare, graph, document, exported, file, command, isWithoutCertificate } of [
    ...interfaceRows,
    ...moreInterfaceRows,
  ]) {
    if (graph)
      test(`Graph: ${name}: refused, shown by /dryRun, made by ?force=true`, () =>
        scenes.onDemo(async (scene) => {
          await prepare?.(scene.ports, scene);
          const node = await graphOf(scene);
          try {
            const [method, path, body] = await graph(scene);
            const version = await versionOf(scene);
            const refusal = await node.answer(method, path, body);
            assert.equal(refusal.status, 400, JSON.stringify(refusal.body));
            const { code, mayForce, administrators } = refusal.body.error.innerError;
            assert.deepEqual({ code, mayForce }, shutOut);
            assert.deepEqual(
              administrators.map(({ id }: { id: string }) => id),
              [scene.ana.id],
            );
            assert.match(refusal.body.error.message, /\/dryRun[\s\S]*\?force=true/);
            assert.doesNotMatch(refusal.body.error.message, /--force|--dry-run/);
            const rehearsal = await node.answer(method, `${path}/dryRun`, body);
            assert.equal(rehearsal.status, 200, JSON.stringify(rehearsal.body));
            const changed = rehearsal.body.changes.map(({ userId }: { userId: string }) => userId);
            assert.deepEqual(changed, isWithoutCertificate ? [] : [scene.ana.id]);
            assert.equal(await versionOf(scene), version);
            const forced = await node.answer(method, `${path}?force=true`, body);
            assert.ok(forced.status < 300, JSON.stringify(forced.body));
          } finally {
            node.close();
          }
        }));

    const words = command ?? wordsFor({ document, exported });
    if (words)
      test(`the command line: ${name}: refused, shown by --dry-run, made by --force`, () =>
        scenes.onDemo(async (scene) => {
          await prepare?.(scene.ports, scene);
          const standing = document && JSON.parse(JSON.stringify(await documentOf(scene.ports)));
          if (document) writeFileSync(join(folder, 'document.json'), JSON.stringify(document(standing, scene)));
          const brought = file?.(scene);
          if (brought) writeFileSync(join(folder, brought.name), brought.bytes);
          if (exported) writeFileSync(join(folder, 'export.json'), JSON.stringify(exported));
          const version = await versionOf(scene);
          const refusal = await cardea(scene, folder, words(scene));
          assert.match(refusal.complaint, /ana@woodgrove\.test[\s\S]*--dry-run[\s\S]*--force/);
          assert.doesNotMatch(refusal.complaint, /\/dryRun|\?force/);
          assert.equal(refusal.exit, 1);
          assert.deepEqual(await cardea(scene, folder, [...words(scene), '--dry-run']), { exit: 0, complaint: '' });
          assert.equal(await versionOf(scene), version);
          assert.deepEqual(await cardea(scene, folder, [...words(scene), '--force']), { exit: 0, complaint: '' });
        }));
  }

  for (const { name, prepare, graph, command, words } of refusedRows) {
    test(`${name}: refused by Graph and by the command line in the same words, forced too`, () =>
      scenes.onDemo(async (scene) => {
        await prepare?.(scene.ports, scene);
        const node = await graphOf(scene);
        try {
          const [method, path, body] = graph(scene);
          for (const query of ['', '?force=true']) {
            const refusal = await node.answer(method, `${path}${query}`, body);
            assert.equal(refusal.status, 400, JSON.stringify(refusal.body));
            assert.match(refusal.body.error.message, words);
          }
        } finally {
          node.close();
        }
        for (const option of [[], ['--force']]) {
          const refusal = await cardea(scene, folder, [...command, ...option]);
          assert.match(refusal.complaint, words);
          assert.equal(refusal.exit, 1);
        }
        assert.ok((await scene.ports.users.find(scene.ana.id))?.accountEnabled);
      }));
  }
});
