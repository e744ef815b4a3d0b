/**
 * Graph over many devices: lists with a filter, an order, a search and a count, and look-ups by the device's own id, in one
 * run against one server. `node bench/sign-ins/devices.ts [devices]`; 10 000 by default.
 */
import '#server/reasons/join.ts';
import { join } from 'node:path';
import { addDevice } from '#admin/devices/devices.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { openSealing } from '#keys/sealing.ts';
import type { Device } from '#model/device.ts';
import { openStorage } from '#storage/storage.ts';
import { GraphServer } from '#test/graph/graph-server.ts';
import { printTable } from '../parts/large-crl.ts';

const count = Number(process.argv[2] ?? 10_000);
const graph = await GraphServer.start({}, { separateProcess: true });
const { server, tenantId } = graph;
const token = await graph.appToken('Device.ReadWrite.All');

const deviceOf = (i: number): Device => ({
  deviceId: crypto.randomUUID(),
  displayName: `Laptop ${i}`,
  accountEnabled: i % 10 !== 0,
  operatingSystem: i % 3 === 0 ? 'Linux' : 'Windows',
  operatingSystemVersion: '10.0.22631.1',
  trustType: 'AzureAd',
  profileType: 'RegisteredDevice',
  isCompliant: i % 2 === 0,
  isManaged: null,
  registrationDateTime: new Date().toISOString(),
  approximateLastSignInDateTime: null,
  alternativeSecurityIds: [{ type: 2, identityProvider: null, key: 'AAAA' }],
  physicalIds: [],
  systemLabels: [],
  deviceOwnership: 'Company',
  enrollmentType: null,
  onPremisesSyncEnabled: null,
  mdmAppId: null,
});

/** SQLite belongs to one process, so the server pauses while the devices are added. */
async function seed(): Promise<string> {
  await server.stop();
  const storage = await openStorage(
    { kind: 'sqlite', folder: server.folder },
    { now: () => new Date() },
    openSealing(join(server.folder), undefined),
  );
  const stores = storage.forTenant(tenantId);
  let last = '';
  for (let from = 0; from < count; from += 1000) {
    await stores.inTransaction(async (inside) => {
      for (let i = from; i < Math.min(count, from + 1000); i++) {
        const device = deviceOf(i);
        last = device.deviceId;
        orThrow(await addDevice(device, `user ${i % 500}`, { activity: 'Register device', actor: 'bench' }, inside));
      }
    });
  }
  await storage.close();
  await server.run();
  return last;
}

const deviceId = await seed();
const advanced = { consistencylevel: 'eventual' };
const requests: Readonly<Record<string, string>> = {
  'by device id': `/devices(deviceId='${deviceId}')`,
  'filter deviceId eq': `/devices?$filter=deviceId eq '${deviceId}'`,
  'first page': '/devices?$top=100',
  'filter and order':
    "/devices?$filter=operatingSystem eq 'Windows' and isCompliant eq true&$orderby=displayName desc&$top=100",
  'filter and count': "/devices?$filter=startswith(displayName,'Laptop 99')&$count=true",
  search: '/devices?$search="displayName:9999"&$count=true',
  count: '/devices/$count',
};
const rows: string[][] = [['request', 'median ms', 'worst ms']];
for (const [name, path] of Object.entries(requests)) {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    const from = performance.now();
    const { status, body } = await graph.call(token, 'GET', encodeURI(path), undefined, advanced);
    if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  rows.push([name, times[7]!.toFixed(1), times.at(-1)!.toFixed(1)]);
}
printTable(rows);
await graph.end();
