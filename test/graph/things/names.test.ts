import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';
import { layGround } from '../walk/collections.ts';
import { locationBody, policyBody, rolloutBody, strengthBody } from '../walk/new-bodies.ts';

const access = '/identity/conditionalAccess';
const user = { accountEnabled: true, passwordProfile: { password: 'Walk-on-12345' } };
const group = { mailEnabled: false, securityEnabled: true };

interface Row {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of a change, beside the name. */
  readonly type?: object;
}
/** Every kind of object that an administrator names. */
const rows: readonly Row[] = [
  { path: '/users', body: { ...user, mailNickname: 'named', userPrincipalName: 'named@woodgrove.test' } },
  { path: '/groups', body: { ...group, mailNickname: 'named' } },
  { path: '/applications', body: {} },
  {
    path: '/devices',
    body: {
      accountEnabled: true,
      alternativeSecurityIds: [{ type: 2, key: 'YQ==' }],
      deviceId: crypto.randomUUID(),
      operatingSystem: 'Linux',
      operatingSystemVersion: '6.12',
    },
  },
  { path: `${access}/policies`, body: policyBody },
  {
    path: `${access}/namedLocations`,
    type: { '@odata.type': '#microsoft.graph.ipNamedLocation' },
    body: locationBody,
  },
  { path: `${access}/authenticationContextClassReferences`, body: { id: 'c9' } },
  { path: '/policies/authenticationStrengthPolicies', body: strengthBody },
  { path: '/policies/featureRolloutPolicies', body: rolloutBody },
  { path: '/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations', body: {} },
];

describe('a name that is refused for a new object is refused for an object that there is', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    ({ token } = await layGround(graph));
  });
  after(() => graph?.end());

  const call = (method: string, path: string, body?: unknown) => graph.call(token, method, path, body);
  const isRefused = async (method: string, path: string, body: object, message: RegExp) => {
    const answer = await call(method, path, body);
    assert.equal(answer.status, 400, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    assert.match(answer.body.error.message, message);
  };

  for (const { path, body, type = {} } of rows)
    test(`${path} without a name`, async () => {
      const wrongNames = ['', '  ', '\u3000'];
      const message = /displayName is empty|needs a displayName/;
      for (const displayName of wrongNames) await isRefused('POST', path, { ...body, displayName }, message);
      const object = await call('POST', path, { ...body, displayName: 'Named' });
      assert.equal(object.status, 201, JSON.stringify(object.body));
      const place = `${path}/${object.body.id}`;
      for (const displayName of wrongNames) await isRefused('PATCH', place, { ...type, displayName }, message);
      assert.equal((await call('GET', place)).body.displayName, 'Named');
    });

  for (const [path, body] of [
    ['/users', { ...user, displayName: 'Nick', userPrincipalName: 'nick@woodgrove.test' }],
    ['/groups', { ...group, displayName: 'Nick' }],
  ] as const)
    test(`${path} with characters that a mail nickname cannot contain`, async () => {
      const [wrong, message] = [['', ' ', 'a b', 'a@b', 'a;b', 'x'.repeat(65)], /mailNickname/];
      for (const mailNickname of wrong) await isRefused('POST', path, { ...body, mailNickname }, message);
      const object = await call('POST', path, { ...body, mailNickname: 'nick.o-las_1' });
      assert.equal(object.status, 201, JSON.stringify(object.body));
      for (const mailNickname of wrong)
        await isRefused('PATCH', `${path}/${object.body.id}`, { mailNickname }, message);
    });
});
