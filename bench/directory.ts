import { monitorEventLoopDelay } from 'node:perf_hooks';
import { addApplication } from '#admin/applications/applications.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import { TestClock } from '../test/contract/databases.ts';
import { serveGraph } from '../test/contract/graph-node.ts';
import { openDemoWorld } from './parts/demo-world.ts';
import { fillDirectory, filledGroupId } from './parts/filled-directory.ts';
import { type Times, timesOf } from './parts/times.ts';

/**
 * What the size of a directory costs: pages, filters, searches and counts of Graph, and the decision of a sign-in, in this process
 * on SQLite. `node bin/node24.mjs bench/directory.ts [users …]`, by default 1000 100000 1000000. Bars: a page at a million users
 * at most twice one at a thousand; p95 of following pages under 200 ms at 100,000.
 */
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1000, 100_000, 1_000_000];

async function measure(users: number): Promise<ReadonlyMap<string, Times>> {
  const clock = new TestClock();
  clock.at = new Date();
  const world = await openDemoWorld(clock, (folder) => fillDirectory(folder, users));
  const { tenant, stores, ports, signIn } = world;
  const permissions = ['User.Read.All', 'Group.Read.All'];
  const { application } = orThrow(
    await addApplication(
      { displayName: 'Bench', redirectUris: [], isPublicClient: false, roles: permissions },
      { actor: 'bench', ports: stores },
    ),
  );
  const { appId } = application;
  const bearer = { tenantId: tenant.id, kind: 'application', id: appId, appId, permissions } as const;
  const graph = await serveGraph(
    clock,
    () => ({ ...bearer, issuedAt: clock.at }),
    async () => ({ ...ports, names: {}, crlAdmin: ports.crls }) as unknown as GraphPorts,
  );
  const get = async (path: string) => {
    clock.pass(100); // within the rate of requests
    const { status, body } = await graph.answer('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  let next = '/users?$top=100';
  const follow = async () => {
    const body = await get(next);
    next = (body['@odata.nextLink'] as string | undefined)?.replace(/^.*?\/v1\.0/, '') ?? '/users?$top=100';
  };
  const some = Math.floor(users / 2);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times = new Map<string, Times>([
    ['sign-in (decision)', await timesOf(signIn, 100)],
    ['GET /users?$top=100', await timesOf(() => get('/users?$top=100'))],
    ['the next page', await timesOf(follow)],
    ['$orderby=displayName desc', await timesOf(() => get('/users?$top=100&$orderby=displayName%20desc'))],
    [
      '$filter userPrincipalName eq',
      await timesOf(() => get(`/users?$filter=userPrincipalName eq 'user${some}@woodgrove.test'`)),
    ],
    [
      '$filter startswith displayName',
      await timesOf(() => get(`/users?$filter=startswith(displayName,'user ${some}')`)),
    ],
    ['$search displayName', await timesOf(() => get(`/users?$search="displayName:${some}"`))],
    ['$filter accountEnabled eq false', await timesOf(() => get('/users?$top=100&$filter=accountEnabled eq false'))],
    [
      '$filter that no index knows',
      await timesOf(() => get(`/users?$top=100&$filter=endswith(displayName,'of 3')`), 5),
    ],
    ['members?$top=100', await timesOf(() => get(`/groups/${filledGroupId}/members?$top=100`))],
    ['transitiveMembers?$top=100', await timesOf(() => get(`/groups/${filledGroupId}/transitiveMembers?$top=100`))],
    ['$count=true', await timesOf(() => get('/users?$top=1&$count=true'), 5)],
  ]);
  times.set('event loop delay (p99, most)', { median: delay.percentile(99) / 1e6, p95: delay.max / 1e6 });
  graph.close();
  await world.close();
  return times;
}

const results: ReadonlyMap<string, Times>[] = [];
for (const users of sizes) results.push(await measure(users));
const view = ({ median, p95 }: Times) => `${median.toFixed(1)} (${p95.toFixed(1)})`.padStart(20);
const line = (name: string, cells: readonly string[]) => `${name.padEnd(34)}${cells.join('')}\n`;
process.stdout.write(
  line('CPU ms, median (wall ms, p95)', [...sizes.map((users) => `${users} users`.padStart(20)), '   last ÷ first']),
);
for (const name of results[0]!.keys()) {
  const cells = results.map((times) => times.get(name)!);
  const ratio = (cells.at(-1)!.median / cells[0]!.median).toFixed(2).padStart(15);
  process.stdout.write(line(name, [...cells.map(view), ratio]));
}
