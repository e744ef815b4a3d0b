import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../../graph/graph-server.ts';
import { testCa } from '../../pki/test-ca.ts';
import { AzureCli, skipAzureCli } from './azure-cli.ts';

const skip = skipAzureCli();

describe('the Azure CLI of PyPI, unmodified (acceptance scripts 2 and 5)', { skip }, () => {
  let graph: GraphServer;
  let cli: AzureCli;
  const run = (...words: string[]) => cli.run(words);
  const ok = (...words: string[]) => cli.ok(...words);
  const idOf = (name: string) =>
    ok('ad', 'user', 'show', '--id', `${name}@woodgrove.test`, '--query', 'id', '-o', 'tsv');

  before(async () => {
    graph = await GraphServer.start();
    const { server, tenantId } = graph;
    const permissions = [
      'User.ReadWrite.All',
      'Group.ReadWrite.All',
      'Application.ReadWrite.All',
      'Organization.ReadWrite.All',
    ];
    const words = permissions.flatMap((name) => ['--permission', name]);
    const { out } = await server.cardea('app', 'add', 'az', ...words, '--json');
    const { appId, secret } = JSON.parse(out) as { appId: string; secret: string };
    cli = await AzureCli.start(server);
    await ok(
      'login',
      '--service-principal',
      '-u',
      appId,
      '-p',
      secret,
      '--tenant',
      tenantId,
      '--allow-no-subscriptions',
    );
  });
  after(() => graph?.end());

  test('az ad user: list, create, update, show, delete', async () => {
    const names = JSON.parse(await ok('ad', 'user', 'list', '--query', '[].userPrincipalName')) as string[];
    assert.ok(names.includes('ana@woodgrove.test'), names.join());
    await ok(
      'ad',
      'user',
      'create',
      '--display-name',
      'Zoe',
      '--user-principal-name',
      'zoe@woodgrove.test',
      '--password',
      'Correct-Horse-7',
    );
    await ok('ad', 'user', 'update', '--id', 'zoe@woodgrove.test', '--display-name', 'Zoey');
    assert.equal(
      await ok('ad', 'user', 'show', '--id', 'zoe@woodgrove.test', '--query', 'displayName', '-o', 'tsv'),
      'Zoey',
    );
    await ok('ad', 'user', 'delete', '--id', 'zoe@woodgrove.test');
    const removal = await run('ad', 'user', 'show', '--id', 'zoe@woodgrove.test');
    assert.notEqual(removal.code, 0);
    assert.match(removal.err, /does not exist or one of its queried reference-property objects are not present/);
  });

  test('az ad group: create, member add, check, list, remove; get-member-groups', async () => {
    await ok('ad', 'group', 'create', '--display-name', 'Nurses', '--mail-nickname', 'nurses');
    const ben = await idOf('ben');
    await ok('ad', 'group', 'member', 'add', '--group', 'Nurses', '--member-id', ben);
    const check = JSON.parse(await ok('ad', 'group', 'member', 'check', '--group', 'Nurses', '--member-id', ben));
    assert.deepEqual(check, { value: true });
    assert.equal(
      await ok('ad', 'group', 'member', 'list', '--group', 'Nurses', '--query', '[].displayName', '-o', 'tsv'),
      'Ben Okafor',
    );
    assert.match(await ok('ad', 'user', 'get-member-groups', '--id', 'ben@woodgrove.test', '-o', 'tsv'), /^Nurses\s/);
    await ok('ad', 'group', 'member', 'remove', '--group', 'Nurses', '--member-id', ben);
    assert.equal(await ok('ad', 'group', 'member', 'list', '--group', 'Nurses', '-o', 'tsv'), '');
  });

  test('az ad app and az ad sp: create, list, a secret', async () => {
    const appId = await ok('ad', 'app', 'create', '--display-name', 'ledger', '--query', 'appId', '-o', 'tsv');
    await ok('ad', 'sp', 'create', '--id', appId);
    assert.equal(await ok('ad', 'sp', 'list', '--display-name', 'ledger', '--query', '[].appId', '-o', 'tsv'), appId);
    const reset = JSON.parse(await ok('ad', 'app', 'credential', 'reset', '--id', appId)) as Record<string, string>;
    assert.deepEqual([reset.appId, reset.tenant], [appId, graph.tenantId]);
    assert.ok((reset.password ?? '').length > 20);
  });

  test('az rest: the trust store is replaced as a whole, has its fixed id, and cannot be patched', async () => {
    const url = `${graph.server.origin}/v1.0/organization/${graph.tenantId}/certificateBasedAuthConfiguration`;
    const [item, otherCa] = [testCa('CN=Fjord Root'), testCa('CN=Other Root')];
    const entry = ({ der }: typeof item) => ({
      isRootAuthority: true,
      certificate: Buffer.from(der).toString('base64'),
    });
    const post = (name: string, authorities: readonly object[]) => {
      const file = join(graph.server.folder, name);
      writeFileSync(file, JSON.stringify({ certificateAuthorities: authorities }));
      return run('rest', '-m', 'post', '-u', url, '-b', `@${file}`);
    };
    const two = await post('two.json', [entry(item), entry(otherCa)]);
    assert.equal(two.code, 0, two.err);
    const result = JSON.parse(two.out);
    assert.equal(result.id, '29728ade-6ae4-4ee9-9103-412912537da5');
    assert.match(result.certificateAuthorities[0].issuerSki, /^[0-9A-F]+$/);
    assert.equal((await post('one.json', [entry(otherCa)])).code, 0);
    const listing = JSON.parse(await ok('rest', '-m', 'get', '-u', url));
    assert.deepEqual(
      listing.value[0].certificateAuthorities.map(({ issuer }: { issuer: string }) => issuer),
      ['CN=Other Root'],
    );
    const patch = await run('rest', '-m', 'patch', '-u', `${url}/${result.id}`, '-b', '{}');
    assert.match(patch.err, /Method Not Allowed|405|not offered/);
    await ok('rest', '-m', 'delete', '-u', `${url}/${result.id}`);
    assert.deepEqual(JSON.parse(await ok('rest', '-m', 'get', '-u', url)).value, []);
  });
});
