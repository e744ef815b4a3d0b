import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { Place } from '#storage/database/open.ts';
import { databasesUnderTest } from '../contract/databases.ts';
import { GraphServer } from './graph-server.ts';

/**
 * Every statement of a sign-in and of reading Graph is explained by the database: none reads a table from its beginning to its end,
 * and none reads all rows of a tenant without a limit. Tables are nearly empty here, so what is looked at is the plan and never
 * the time.
 */
const recorder = pathToFileURL(join(import.meta.dirname, '..', 'e2e', 'statements', 'record-statements.mjs'));

/** Tables of which all rows of a tenant may be read: there are few, whatever the size of the directory. */
const smallTables = new Set(['change_marks', 'directory_versions']);
/** Reads which are those of few rows, as their comment in the store says; each with the reason. */
const allowed: Readonly<Record<string, RegExp>> = {
  'applications that users can open: an index of their own holds them alone':
    /^select "document" from "applications" where "tenant_id" = \S+ and (?:json_extract\(document, '\$\.homepage'\)|document::json ->> 'homepage') is not null order by "display_name", "id"$/,
  'applications that have permissions: an index of their own holds them alone':
    /^select "document" from "applications" where "tenant_id" = \S+ and json_array_length\(document[^()]*roles'\) > 0 order by [^()]*$/,
  'domains and CAs of a tenant: their numbers are limited':
    /^select \* from "(?:domains|authorities)" where "tenant_id" = \S+ order by [^()]*$/,
  'role-assignable groups: an index of their own holds them alone':
    /^select \* from "groups" where "tenant_id" = \S+ and profile like '%"isAssignableToRole":true%' order by "id"$/,
};

interface Scene {
  readonly user: string;
  readonly group: string;
  readonly servicePrincipal: string;
  readonly application: string;
}
const certificateMethod = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate';
const filtered = (path: string, ...filters: readonly string[]) =>
  filters.map((filter) => `${path}?$filter=${encodeURIComponent(filter)}`);
const readings = ({ user, group, servicePrincipal, application }: Scene): readonly string[] => [
  ...['', '/memberOf', '/transitiveMemberOf', '/ownedDevices', '/registeredDevices', '/appRoleAssignments'].map(
    (rest) => `/users/${user}${rest}`,
  ),
  ...['/oauth2PermissionGrants', '/directReports'].map((rest) => `/users/${user}${rest}`),
  ...[
    '/users?$top=1',
    '/users/$count',
    '/users?$orderby=displayName',
    '/users?$count=true&$search=%22displayName:ana%22',
  ],
  ...filtered('/users', `startsWith(displayName,'A')`, 'accountEnabled eq false', `mail eq 'ana@woodgrove.test'`),
  ...['', '/members', '/members/$count', '/transitiveMembers', '/owners', '/memberOf', '/transitiveMemberOf'].map(
    (rest) => `/groups/${group}${rest}`,
  ),
  ...['/groups?$top=1', '/devices?$top=1', '/applications?$top=1', '/servicePrincipals?$top=1'],
  ...filtered('/devices', `displayName eq 'laptop'`),
  ...['/appRoleAssignedTo', '/appRoleAssignedTo?$top=1', '/appRoleAssignments', '/oauth2PermissionGrants'].map(
    (rest) => `/servicePrincipals/${servicePrincipal}${rest}`,
  ),
  `/applications/${application}/owners`,
  '/servicePrincipals/00000003-0000-0000-c000-000000000000/appRoleAssignedTo',
  `/directoryObjects/${user}`,
  ...['/auditLogs/signIns?$top=1', '/auditLogs/directoryAudits?$top=1'],
  ...filtered(
    '/auditLogs/signIns',
    `userId eq '${user}'`,
    `userPrincipalName eq 'ana@woodgrove.test'`,
    'status/errorCode eq 50126',
    'status/errorCode ne 0',
    `appId eq '${application}'`,
    `ipAddress eq '127.0.0.1'`,
    `conditionalAccessStatus eq 'failure'`,
    `correlationId eq '${user}'`,
    'createdDateTime ge 2026-01-01T00:00:00Z',
    `startsWith(userDisplayName,'Ana')`,
  ),
  // Beta shows what users did unless a kind of entry is asked for.
  ...filtered(
    '/beta/auditLogs/signIns',
    `userId eq '${user}'`,
    `userPrincipalName eq 'ana@woodgrove.test'`,
    `ipAddress eq '127.0.0.1' and createdDateTime ge 2026-01-01T00:00:00Z`,
    'status/errorCode eq 50126',
    `conditionalAccessStatus eq 'success' and createdDateTime ge 2026-01-01T00:00:00Z`,
    `correlationId eq '${user}'`,
  ),
  ...['ana', '127.0.0', 'no entry'].map((word) => `/auditLogs/signIns?$search=${encodeURIComponent(word)}`),
  '/reports/authenticationMethods/usersRegisteredByMethod',
  `/users?$count=true&$orderby=displayName&$search=${encodeURIComponent('"displayName:a" OR "userPrincipalName:a" OR "mail:a"')}`,
  ...filtered(
    '/auditLogs/directoryAudits',
    `activityDisplayName eq 'Add group'`,
    `correlationId eq '${user}'`,
    `initiatedBy/user/id eq '${user}'`,
    `targetResources/any(t:t/id eq '${user}')`,
    `category eq 'UserManagement'`,
    'activityDateTime ge 2026-01-01T00:00:00Z',
  ),
  ...['/roleManagement/directory/roleAssignments', '/directoryRoles', '/users/delta', '/groups/delta'],
  ...['/domains', '/domains/woodgrove.test/domainNameReferences'],
  '/reports/authenticationMethods/userRegistrationDetails',
  '/me/applications',
  `/beta${certificateMethod}/observedPolicyOids`,
  ...['/beta/reports/lowAffinityUsers?$top=1', '/beta/reports/staleCertificateUserIds?$top=1'],
];

/** Changes that look for what is unique in the tenant. */
const changes = ({ user, group }: Scene): readonly (readonly [string, string, unknown, number])[] => [
  [
    'POST',
    '/users',
    {
      ...{
        accountEnabled: true,
        displayName: 'Plans',
        mailNickname: 'plans',
        userPrincipalName: 'plans@woodgrove.test',
      },
      ...{ mail: 'p.lans@woodgrove.test', passwordProfile: { password: 'Plans-of-statements-1' } },
    },
    201,
  ],
  ['PATCH', `/users/${user}`, { mail: 'ana.ruiz@woodgrove.test' }, 204],
  ['PATCH', `/groups/${group}`, { displayName: 'Plans, renamed' }, 204],
  ['DELETE', '/users/plans@woodgrove.test', undefined, 204],
];

for (const database of databasesUnderTest())
  describe(`the plans of statements on ${database.name}`, { skip: database.missing ?? false }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-plans-'));
    const file = join(folder, 'statements');
    let place: Place;
    let graph: GraphServer;
    before(async () => {
      writeFileSync(file, '');
      place = await database.place();
      graph = await GraphServer.start({
        NODE_OPTIONS: `--import ${recorder}`,
        CARDEA_TEST_STATEMENTS: file,
        ...(place.kind === 'postgres'
          ? { CARDEA_DATABASE_URL: place.url, CARDEA_SECRET_KEY: randomBytes(32).toString('base64url') }
          : {}),
      });
    });
    after(async () => {
      await graph?.server.remove();
      database.end();
      rmSync(folder, { recursive: true, force: true });
    });

    test('read no table as a whole', async () => {
      const statements = await statementsOf(graph, file);
      const plansOf = place.kind === 'postgres' ? postgresPlans(place.url) : sqlitePlans(graph.server.folder);
      await graph.server.stop();
      assert.ok(statements.size > 50, `${statements.size} statements are recorded`);
      const problems: string[] = [];
      const plans = await plansOf([...statements.keys()]);
      for (const [text, wholeTables] of plans) {
        const isAllowed = Object.values(allowed).some((pattern) => pattern.test(text));
        if (wholeTables.length > 0 && !isAllowed)
          problems.push(
            `${statements.get(text)}: ${wholeTables.join(', ')}\n  ${text.replace(/\s+/g, ' ').slice(0, 600)}`,
          );
      }
      assert.deepEqual(problems, []);
    });
  });

/** The statements of a sign-in and of each reading, by their texts, with what they were for. */
async function statementsOf(graph: GraphServer, file: string): Promise<ReadonlyMap<string, string>> {
  const { server } = graph;
  const scopes = [
    'Directory.ReadWrite.All',
    'AuditLog.Read.All',
    'Application.Read.All',
    'Device.Read.All',
    'User.Read',
  ];
  const token = await graph.personToken(
    'ana',
    ...scopes,
    'User.ReadWrite.All',
    'RoleManagement.Read.Directory',
    'Policy.Read.All',
  );
  const scene = await sceneOf(graph, token);
  const statements = new Map<string, string>();
  const record = async (name: string, work: () => Promise<unknown>) => {
    writeFileSync(file, '');
    await work();
    for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
      const text = JSON.parse(line) as string;
      if (/^\s*(?:select|with|update|delete)\b/i.test(text) && !statements.has(text)) statements.set(text, name);
    }
  };
  await record('a sign-in', async () => {
    const { kind } = await server.signIn('ben@woodgrove.test', server.card('ben'));
    assert.equal(kind, 'signedIn');
  });
  for (const [method, path, body, expectedValue] of changes(scene))
    await record(`${method} ${path}`, async () => {
      const { status, body: answer } = await graph.call(token, method, path, body);
      assert.equal(status, expectedValue, `${path}: ${JSON.stringify(answer)}`);
    });
  for (const path of readings(scene))
    await record(path, async () => {
      const { status, body } = await graph.call(token, 'GET', path);
      assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
    });
  return statements;
}

async function sceneOf(graph: GraphServer, token: string): Promise<Scene> {
  const made = async (path: string, body: unknown) => {
    const answer = await graph.call(token, 'POST', path, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const { body: user } = await graph.call(token, 'GET', '/users/ana@woodgrove.test');
  const kind = { mailEnabled: false, mailNickname: 'plans', securityEnabled: true };
  const group = await made('/groups', { displayName: 'Plans', ...kind });
  await graph.call(token, 'POST', `/groups/${group.id}/members/$ref`, {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${user.id}`,
  });
  const application = await made('/applications', { displayName: 'Plans' });
  const { id } = await made('/servicePrincipals', { appId: application.appId });
  const appRoleId = '00000000-0000-0000-0000-000000000000';
  const assignment = { principalId: user.id, resourceId: id, appRoleId };
  await graph.call(token, 'POST', `/users/${user.id}/appRoleAssignments`, assignment);
  return { user: user.id, group: group.id, servicePrincipal: id, application: application.id };
}

type Plans = (texts: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;

/** What SQLite reads from beginning to end, by statement. A query that is recursive reads its own rows so. */
const sqlitePlans =
  (folder: string): Plans =>
  async (texts) => {
    const file = new DatabaseSync(join(folder, 'cardea.db'), { readOnly: true });
    const tables = new Set(
      file
        .prepare(`select name from sqlite_master where type = 'table'`)
        .all()
        .map(({ name }) => String(name)),
    );
    const wholeIn = (text: string) =>
      file
        .prepare(`explain query plan ${text}`)
        .all()
        .map(({ detail }) => String(detail))
        .filter((detail) => {
          const [, way, table = ''] = /^(SCAN|SEARCH) (\w+)/.exec(detail) ?? [];
          if (smallTables.has(table)) return false;
          // Entries of one user, address or code are not looked for among all, nor among the half that is interactive.
          const namesOne =
            /"(?:user_id|upn|ip_address|error_number|session_id|correlation_id|access_result)" (?:=|is) /.test(text);
          const isOfAll = /is_interactive=\?|\(tenant_id=\?(?: AND created_at[<>]\?)*\)$/.test(detail);
          if (table === 'sign_ins' && isOfAll && namesOne) return true;
          if (way === 'SCAN') return tables.has(table);
          // A page is read in the order of an index. A limit without an order reads everything where nothing matches.
          return way === 'SEARCH' && /\(tenant_id=\?\)$/.test(detail) && !/\border by\b.*\blimit\b/is.test(text);
        });
    const plans = new Map(texts.map((text) => [text, wholeIn(text)]));
    file.close();
    return plans;
  };

/** What PostgreSQL can only read from beginning to end: it scans small tables whatever indexes there are, unless that is made dear. */
const postgresPlans =
  (url: string): Plans =>
  async (texts) => {
    const client = new pg.Client(url);
    await client.connect();
    await client.query('set enable_seqscan = off');
    await client.query('set plan_cache_mode = force_generic_plan');
    const plans = new Map<string, readonly string[]>();
    for (const [i, text] of texts.entries()) {
      await client.query(`prepare plan${i} as ${text}`);
      const count = new Set(text.match(/\$\d+/g)).size;
      const values = count === 0 ? '' : `(${Array.from({ length: count }, () => 'null').join(', ')})`;
      const { rows } = await client.query(`explain execute plan${i}${values}`);
      const lines = rows.map((row: Record<string, string>) => row['QUERY PLAN'] ?? '');
      plans.set(
        text,
        lines.filter((line) => /Seq Scan on (\w+)/.test(line) && !smallTables.has(/Seq Scan on (\w+)/.exec(line)![1]!)),
      );
    }
    await client.end();
    return plans;
  };
