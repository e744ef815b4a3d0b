import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { assertionGrant, World } from '../../device/prt/world.ts';

/** Requests of one source in ten seconds that are answered here, and how many it sends. */
const answered = 20;
const sent = 300;

/** Every statement that the server in this process gives to SQLite. */
let statements = 0;
/** Those of them that add a visit, a record of the provider or an entry of the sign-in log. */
let additions = 0;
const adds = /^\s*insert\s+(?:or \w+ )?into "?(?:visits|oidc_records|sign_ins)\b/i;
function countStatements(): () => void {
  const undo: (() => void)[] = [];
  const wrap = (owner: object, name: string) => {
    const work = Reflect.get(owner, name) as (...values: unknown[]) => unknown;
    const counting = function (this: unknown, ...values: unknown[]) {
      statements++;
      if (this instanceof StatementSync && adds.test(this.sourceSQL)) additions++;
      return work.apply(this, values);
    };
    Object.defineProperty(owner, name, { value: counting, configurable: true, writable: true });
    undo.push(() => Object.defineProperty(owner, name, { value: work, configurable: true, writable: true }));
  };
  for (const name of ['run', 'get', 'all', 'iterate']) wrap(StatementSync.prototype, name);
  wrap(DatabaseSync.prototype, 'exec');
  return () => {
    for (const work of undo) work();
  };
}

interface Row {
  readonly name: string;
  readonly path: string;
  readonly body?: string;
  /** Makes the body, where it needs a device of this server. */
  readonly make?: (world: World) => Promise<string>;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Rows of the sign-in log that the flood leaves: identical failures are one, and what names no user leaves none. */
  readonly rows: number;
}

const form = (fields: Record<string, string>) => String(new URLSearchParams(fields));
const client = { client_id: commandLineApplication.appId };
const authorize = new URLSearchParams({
  ...client,
  response_type: 'code',
  redirect_uri: 'http://localhost/done',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
});
const tenant = '/woodgrove.test';
const floods: readonly Row[] = [
  { name: 'authorize', path: `${tenant}/oauth2/v2.0/authorize?${authorize}`, rows: 0 },
  { name: 'authorize of an unknown application', path: `${tenant}/oauth2/v2.0/authorize?client_id=x`, rows: 0 },
  {
    name: 'a code that was never given',
    path: `${tenant}/oauth2/v2.0/token`,
    body: form({ ...client, grant_type: 'authorization_code', code: 'x', redirect_uri: 'http://localhost/done' }),
    rows: 0,
  },
  {
    name: 'a refresh token that was never given',
    path: `${tenant}/oauth2/v2.0/token`,
    body: form({ ...client, grant_type: 'refresh_token', refresh_token: 'x' }),
    rows: 0,
  },
  {
    name: 'a wrong secret of an application',
    path: `${tenant}/oauth2/v2.0/token`,
    body: form({
      ...client,
      grant_type: 'client_credentials',
      client_secret: 'x',
      scope: 'https://graph.microsoft.com/.default',
    }),
    rows: 0,
  },
  {
    name: 'device codes',
    path: `${tenant}/oauth2/v2.0/devicecode`,
    body: form({ client_id: brokerAppId, scope: 'openid' }),
    rows: 0,
  },
  {
    name: 'a malformed request of a device',
    path: `${tenant}/oauth2/token`,
    body: form({
      windows_api_version: '2.2',
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      request: 'a.b.c',
    }),
    rows: 0,
  },
  {
    name: 'a signed request of a device, again and again',
    path: `${tenant}/oauth2/token`,
    make: async (world) =>
      form({
        windows_api_version: '2.2',
        grant_type: assertionGrant,
        request: await world.cardRequest(await world.enrol(), 'ana'),
      }),
    rows: 1,
  },
  { name: 'nonces', path: `${tenant}/oauth2/token`, body: form({ grant_type: 'srv_challenge' }), rows: 0 },
  {
    name: 'GetCredentialType',
    path: `${tenant}/GetCredentialType`,
    body: JSON.stringify({ username: 'ana@woodgrove.test' }),
    type: 'application/json',
    rows: 0,
  },
  { name: 'user realm', path: '/common/userrealm/ana@woodgrove.test?api-version=1.0', rows: 0 },
  { name: 'pages of a sign-in that is unknown', path: '/login/aaaaaaaaaaaaaaaaaaaaa', rows: 0 },
  { name: 'signing keys', path: `${tenant}/discovery/v2.0/keys`, rows: 0 },
  { name: 'Graph without a token', path: '/v1.0/users', rows: 0 },
  { name: 'Graph with a token of another', path: '/v1.0/users', headers: { authorization: 'Bearer a.b.c' }, rows: 0 },
  {
    name: 'the registration of a device without a token',
    path: '/EnrollmentServer/device/?api-version=2.0',
    body: '{}',
    type: 'application/json',
    rows: 0,
  },
];

describe(`what ${sent} requests of one source cost the database, of which ${answered} in ten seconds are answered`, () => {
  let world: World;
  let restore: () => void;
  before(async () => {
    restore = countStatements();
    world = await World.open({
      trustedProxies: '127.0.0.1',
      sourceRequestsPerTenSeconds: answered,
      sourceSignInsPerTenSeconds: answered,
      sourceFormsPerTenSeconds: answered,
      continuousAccessSeconds: 0,
    });
  });
  after(async () => {
    await world.close();
    restore();
  });

  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  after(() => agent.destroy());
  const ask = ({ path, body, type = 'application/x-www-form-urlencoded', headers = {} }: Row, source: string) =>
    new Promise<number>((resolve, reject) => {
      const content = body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) };
      const message = request(
        new URL(path, world.origin),
        {
          agent,
          method: body === undefined ? 'GET' : 'POST',
          rejectUnauthorized: false,
          headers: { 'x-forwarded-for': source, 'sec-fetch-site': 'same-origin', ...content, ...headers },
        },
        (answer) => answer.resume().once('end', () => resolve(answer.statusCode!)),
      );
      message.on('error', reject).end(body);
    });
  /** Statements that a work causes, those of them that add a record, and rows of the sign-in log. */
  async function costOf(work: () => Promise<unknown>) {
    const [countBefore, rowsBefore] = [statements, await rowCount()];
    const statementCount = statements - countBefore;
    const additionsBefore = additions;
    await work();
    const cost = statements - countBefore - statementCount;
    return { cost, additions: additions - additionsBefore, rows: (await rowCount()) - rowsBefore };
  }
  const rowCount = async () => (await world.stores.signInLog.list({ top: 1000 })).length;

  for (const [index, item] of floods.entries()) {
    test(`${item.name}: no more than the answered requests alone, and ${item.rows} rows of the log`, async () => {
      const row = item.make ? { ...item, body: await item.make(world) } : item;
      await ask(row, `192.0.2.${index + 1}`); // what is read once and kept
      const one = await costOf(() => ask(row, `198.51.100.${index + 1}`));
      const statuses = new Map<number, number>();
      const flood = await costOf(async () => {
        for (let i = 0; i < sent / 10; i++)
          for (const status of await Promise.all(Array.from({ length: 10 }, () => ask(row, `203.0.113.${index + 1}`))))
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
      });
      const refusals = statuses.get(429) ?? 0;
      // The bucket is refilled by two a second while the test runs.
      assert.ok(refusals >= sent - 3 * answered, JSON.stringify([...statuses]));
      const most = (sent - refusals) * (one.cost + 1) + answered;
      assert.ok(flood.cost <= most, `${flood.cost} statements, of one request ${one.cost}, for ${sent - refusals}`);
      const mostAdditions = (sent - refusals) * Math.max(1, one.additions);
      assert.ok(flood.additions <= mostAdditions, `${flood.additions} new records for ${sent - refusals} requests`);
      assert.equal(flood.rows, row.rows);
    });
  }
});
