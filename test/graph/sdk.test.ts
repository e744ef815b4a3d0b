import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ClientSecretCredential } from '@azure/identity';
import { AzureIdentityAuthenticationProvider } from '@microsoft/kiota-authentication-azure';
import { createGraphServiceClient, GraphRequestAdapter, type GraphServiceClient } from '@microsoft/msgraph-sdk';
import '@microsoft/msgraph-sdk-users';
import { GraphServer } from './graph-server.ts';

describe('user binding with the Graph SDK and a client secret of @azure/identity (acceptance script 4)', () => {
  let graphServer: GraphServer;
  let graph: GraphServiceClient;
  const trustedItems = getCACertificates('default');
  before(async () => {
    graphServer = await GraphServer.start({ CARDEA_GRAPH_STRICT: 'true' });
    setDefaultCACertificates([...trustedItems, graphServer.server.trust]);
    const { out } = await graphServer.server.cardea(
      'app',
      'add',
      'sdk',
      '--permission',
      'User.ReadWrite.All',
      '--permission',
      'Directory.Read.All',
      '--json',
    );
    const { appId, secret } = JSON.parse(out) as { appId: string; secret: string };
    const options = { authorityHost: graphServer.server.origin, disableInstanceDiscovery: true };
    const credential = new ClientSecretCredential(graphServer.tenantId, appId, secret, options);
    const scopes = [`${graphServer.server.origin}/.default`];
    const hosts = new Set([new URL(graphServer.server.origin).hostname]);
    const adapter = new GraphRequestAdapter(
      new AzureIdentityAuthenticationProvider(credential, scopes, undefined, hosts),
    );
    adapter.baseUrl = `${graphServer.server.origin}/v1.0`;
    graph = createGraphServiceClient(adapter);
  });
  after(async () => {
    setDefaultCACertificates(trustedItems);
    await graphServer?.end();
  });

  const make = async (name: string): Promise<string> => {
    const result = await graph.users.post({
      accountEnabled: true,
      displayName: name,
      mailNickname: name,
      userPrincipalName: `${name}@woodgrove.test`,
      passwordProfile: { password: 'Correct-Horse-7' },
    });
    return result!.id!;
  };
  const bind = (id: string, certificateUserIds: string[]) =>
    graph.users.byUserId(id).patch({ authorizationInfo: { certificateUserIds } });
  const problemOf = async (work: Promise<unknown>): Promise<Record<string, unknown>> => {
    const problem = await work.then(
      () => assert.fail('it was taken'),
      (thrown: unknown) => thrown,
    );
    return problem as Record<string, unknown>;
  };

  test('a user is made, bound, found by the value; a value belongs to one, and there are at most ten', async () => {
    const [item, secondUser] = [await make('kim'), await make('lou')];
    await bind(item, ['X509:<PN>kim@woodgrove.test']);
    const read = await graph.users.byUserId(item).get({ queryParameters: { select: ['authorizationInfo'] } });
    assert.deepEqual(read?.authorizationInfo?.certificateUserIds, ['X509:<PN>kim@woodgrove.test']);
    const query = {
      queryParameters: {
        count: true,
        filter: "authorizationInfo/certificateUserIds/any(x:x eq 'X509:<PN>kim@woodgrove.test')",
      },
    };
    const result = await graph.users.get({ ...query, headers: { ConsistencyLevel: ['eventual'] } });
    assert.deepEqual([result?.value?.length, result?.value?.[0]?.id], [1, item]);
    const plain = await problemOf(graph.users.get(query));
    assert.match(JSON.stringify(plain), /Request_UnsupportedQuery/);
    const clash = await problemOf(bind(secondUser, ['X509:<PN>kim@woodgrove.test']));
    assert.match(JSON.stringify(clash), /ObjectConflict/);
    const eleven = Array.from({ length: 11 }, (_, i) => `X509:<PN>lou-${i}@woodgrove.test`);
    assert.equal((await problemOf(bind(secondUser, eleven))).responseStatusCode, 400);
  });

  test('users are copied by delta, and what a user does not have is missing or empty as Graph has it', async () => {
    let page = await graph.users.delta.get();
    while (page?.odataNextLink) page = await graph.users.delta.withUrl(page.odataNextLink).get();
    const id = await make('mia');
    const changes = await graph.users.delta.withUrl(page!.odataDeltaLink!).get();
    assert.deepEqual(
      changes?.value?.map((user) => user.id),
      [id],
    );
    const user = graph.users.byUserId(id);
    assert.equal((await problemOf(user.manager.get())).responseStatusCode, 404);
    assert.deepEqual((await user.licenseDetails.get())?.value, []);
    assert.deepEqual((await user.oauth2PermissionGrants.get())?.value, []);
    assert.deepEqual((await user.appRoleAssignments.get())?.value, []);
  });
});
