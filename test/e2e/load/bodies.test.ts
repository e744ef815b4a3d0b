import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { usualBody } from '#net/bodies.ts';
import { GraphServer } from '../../graph/graph-server.ts';

/**
 * The processor time of the server for the largest bodies and addresses of every kind, at every endpoint that reads one. Its
 * measure is what the kernel counts for the server's threads, so that other processes do not change it. The bound is relative
 * to a body of the same size that holds one long value, and 12 ms beside it for the collection of garbage.
 */
const [ratio, allowance] = [4, 12];
const size = usualBody - 200;
const client = 'client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46';

const times = (text: string, count: number) => text.repeat(count);
const fill = (text: string, around = '') => times(text, Math.floor((size - around.length - 200) / text.length));
const list = (count: number, item: (i: number) => string) => Array.from({ length: count }, (_, i) => item(i)).join(',');

const jsons: Record<string, string> = {
  'one long text': JSON.stringify({ displayName: fill('x') }),
  'nested arrays': fill('['),
  'nested objects': fill('{"a":'),
  'arrays nested thirty deep, many times': `[${fill(`${times('[', 30)}${times(']', 30)},`)}0]`,
  'many unknown keys': `{${list(9000, (i) => `"k${i}":1`)}}`,
  'as many unknown keys as allowed': `{${list(1990, (i) => `"${times('k', 40)}${i}":1`)}}`,
  'one key again and again': `{${fill('"displayName":"a",')}"displayName":"a"}`,
  'a huge array': `{"businessPhones":[${fill('1,')}1]}`,
  'as many values as allowed': `{"authorizationInfo":{"certificateUserIds":[${list(1990, (i) => `"X509:<PN>a${i}@b.c"`)}]}}`,
  'a long number': `{"a":${fill('9')}}`,
  'a long exponent': `{"a":1e${fill('9')}}`,
  'escapes alone': `{"displayName":"${fill('\\u0061')}"}`,
  'a text without end': `{"displayName":"${fill('a')}`,
  'blanks alone': `{"displayName":${fill(' ')}"a"}`,
};
/** Bodies that are accepted, and the same change in few octets: what a change costs is not the cost of reading it. */
const accepted: Readonly<Record<string, string>> = { 'blanks alone': '{"displayName":"a"}' };
const forms: Record<string, string> = {
  'one long field': `state=${fill('x')}`,
  'many fields': fill('kkkk=&'),
  'as many fields as allowed': list(199, (i) => `${times('k', 400)}${i}=v`).replaceAll(',', '&'),
  'one field again and again': fill('code=v&'),
  'one field as often as allowed': times('code=v&user_code=v&', 99),
  percent: `code=${fill('%41')}`,
  'broken percent': `code=${fill('%')}`,
  'overlong UTF-8': `code=${fill('%c0%80%ff')}`,
  'ampersands alone': times('&', 199),
  'a list of scopes': `${client}&grant_type=authorization_code&response_type=code&scope=${times('a+', 30_000)}`,
  'deep claims': `${client}&response_type=code&scope=openid&claims=${times('[', 60_000)}`,
  'a long assertion': `${client}&grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=${times('a.', 30_000)}`,
  'a long token': `${client}&grant_type=refresh_token&refresh_token=${times('a', 60_000)}`,
};
const queries: Record<string, string> = {
  'one long value': `$filter=displayName eq '${times('a', 14_000)}'`,
  'deep parentheses': `$filter=${times('(', 14_000)}`,
  'closed parentheses': `$filter=${times('(', 3000)}displayName eq 'a'${times(')', 3000)}`,
  'not again and again': `$filter=${times('not ', 3500)}`,
  'or again and again': `$filter=displayName eq 'a'${times(" or displayName eq 'a'", 500)}`,
  'functions in functions': `$filter=${times('startswith(', 1200)}`,
  'lambdas in lambdas': `$filter=${times('certificateUserIds/any(c:', 550)}`,
  'a list of ids': `$filter=id in (${list(3000, () => "'a'")})`,
  'quotes alone': `$filter=displayName eq '${times("''", 7000)}'`,
  'many selected names': `$select=${times('id,', 4500)}`,
  'many orders': `$orderby=${times('id,', 4500)}`,
  'many expansions': `$expand=${times('memberOf($expand=', 800)}`,
  'many parameters': times('k=v&', 3500),
  percent: `$filter=${times('%41', 4500)}`,
  'a long page token': `$skiptoken=${times('a', 14_000)}`,
  'a long search': `$search=${times('%22a%22OR', 1500)}`,
};

const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
const json = { 'content-type': 'application/json' };

describe('the largest bodies and addresses', { skip: process.platform !== 'linux' && 'needs /proc' }, () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start({}, { separateProcess: true });
    const permissions = ['User.ReadWrite.All', 'Application.ReadWrite.All', 'Group.ReadWrite.All'];
    token = await graph.appToken(...permissions, 'Policy.ReadWrite.ConditionalAccess', 'Organization.ReadWrite.All');
  });
  after(() => graph.end());

  /** Milliseconds of processor time that all threads of the server have used. */
  const used = () => {
    const folder = `/proc/${graph.server.pid}/task`;
    const of = (thread: string) => Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    return readdirSync(folder).reduce((sum, thread) => sum + of(thread), 0);
  };
  interface Row {
    readonly name: string;
    readonly method: string;
    readonly path: string;
    readonly body?: string;
    readonly headers: Record<string, string>;
  }
  /** The least of several: what the server does beside the request, such as garbage collection, only adds to it. */
  const costOf = async ({ name, method, path, body, headers }: Row, attempts = 3) => {
    const costs: number[] = [];
    for (let i = 0; i < attempts; i++) {
      const start = used();
      const { status } = await graph.send(method, path, body, headers);
      assert.ok(status < 500, `${method} ${path.slice(0, 60)}, ${name}: ${status}`);
      costs.push(used() - start);
    }
    return Math.min(...costs);
  };
  /** The first row is the plain one that the others are compared with. */
  const check = async (rows: readonly Row[], report: (line: string) => void) => {
    const plain = await costOf(rows[0]!);
    const most = ratio * plain + allowance;
    const costs: [number, string][] = [];
    for (const row of rows.slice(1)) {
      const short = row.body === jsons[row.name] ? accepted[row.name] : undefined;
      const change = short === undefined ? 0 : await costOf({ ...row, body: short });
      const cost = (await costOf(row)) - change;
      // The server may have been at something else three times in a row.
      costs.push([cost > most ? (await costOf(row, 12)) - change : cost, row.name]);
    }
    const [largest, name] = costs.sort(([a], [b]) => b - a)[0]!;
    report(`largest ${largest.toFixed(1)} ms (${name}), one long value ${plain.toFixed(1)} ms`);
    const slow = costs.filter(([cost]) => cost > most);
    assert.deepEqual(slow, [], `one long value: ${plain} ms`);
  };

  for (const path of [
    ...['token', 'authorize', 'devicecode', 'logout'].map((name) => `/woodgrove.test/oauth2/v2.0/${name}`),
    ...['/organizations/oauth2/v2.0/token', '/woodgrove.test/oauth2/deviceauth', '/oidc/userinfo', '/security-info'],
    ...['/login/x', '/login/x/password', '/login/x/factor'],
  ])
    test(`a form posted to ${path}`, (t) =>
      check(
        Object.entries(forms).map(([name, body]) => ({ name, method: 'POST', path, body, headers: form })),
        (line) => t.diagnostic(line),
      ));

  test('a form posted to certauth', (t) => {
    const headers = { ...form, host: `certauth.localhost:${graph.server.port}` };
    const to = { method: 'POST', path: '/woodgrove.test/certauth/x', headers };
    return check(
      Object.entries(forms).map(([name, body]) => ({ name, body, ...to })),
      (line) => t.diagnostic(line),
    );
  });

  for (const [method, path] of [
    ['POST', '/common/GetCredentialType'],
    ['POST', '/v1.0/users'],
    ['PATCH', '/v1.0/users/ana@woodgrove.test'],
    ['POST', '/v1.0/groups'],
    ['POST', '/v1.0/applications'],
    ['POST', '/v1.0/identity/conditionalAccess/policies'],
    ['POST', '/v1.0/$batch'],
  ] as const)
    test(`JSON sent by ${method} to ${path}`, (t) => {
      const headers = { ...json, authorization: `Bearer ${token}` };
      const rows = Object.entries(jsons).map(([name, body]) => ({ name, method, path, body, headers }));
      return check(rows, (line) => t.diagnostic(line));
    });

  test('addresses of Graph', (t) => {
    const headers = { authorization: `Bearer ${token}` };
    const address = (query: string) => `/v1.0/users?${query.replaceAll(' ', '+')}`;
    const rows = Object.entries(queries).map(([name, query]) => ({
      name,
      method: 'GET',
      path: address(query),
      headers,
    }));
    return check(rows, (line) => t.diagnostic(line));
  });

  test('a form that is not of a page that was shown is refused, and is no fault of the service', async () => {
    for (const body of ['', 'user_code=BCDF', 'user_code=BCDF&xsrf=x', 'user_code=a&user_code=b']) {
      const { status } = await graph.send('POST', '/woodgrove.test/oauth2/deviceauth', body, form);
      assert.equal(status, 400, body);
    }
    assert.doesNotMatch(graph.server.output, /"event":"fault"/);
  });
});
