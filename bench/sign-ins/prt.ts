import '#server/reasons/join.ts';
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { readConfig } from '../../src/server/config.ts';
import { demoPkiOf } from '../../src/server/demo.ts';
import { openInstallation } from '../../src/server/installation.ts';
import { enrolDevice } from '../../test/device/enrolled.ts';
import { assertionGrant, World } from '../../test/device/prt/world.ts';
import { sessionJws, windowsClient } from '../../test/device/signed-requests.ts';
import { RunningServer } from '../../test/e2e/server.ts';

/**
 * Primary refresh tokens issued, renewed and redeemed per CPU-second of the server, beside whole certificate sign-ins in
 * the same run. `node bench/sign-ins/prt.ts [seconds]`, Linux only (/proc).
 */
const seconds = Number(process.argv[2] ?? 5);
const clients = 4;

/** All clients share one address here. */
const server = await RunningServer.start(
  {
    CARDEA_SOURCE_REQUESTS_PER_TEN_SECONDS: '1000000',
    CARDEA_SOURCE_HANDSHAKES_PER_TEN_SECONDS: '1000000',
    CARDEA_SOURCE_SIGN_INS_PER_TEN_SECONDS: '1000000',
    CARDEA_SOURCE_FORMS_PER_TEN_SECONDS: '1000000',
  },
  { separateProcess: true },
);
await server.stop();
const config = readConfig({ dataFolder: server.folder }, {}, server.folder);
const installation = await openInstallation(config, pino({ level: 'silent' }));
const [tenant] = await installation.tenants.list();
const device = await enrolDevice(tenant!.id, installation.storage.forTenant(tenant!.id), new Date());
await installation.close();
await server.run();

const world = World.at(server.origin, tenant!.id, demoPkiOf(config).cards);
const primary = await world.signIn(device);
const nonce = await world.nonce();

async function renew(): Promise<boolean> {
  const { token, sessionKey } = primary;
  const payload = { client_id: windowsClient, scope: 'openid aza', refresh_token: token, request_nonce: nonce };
  const request = sessionJws(sessionKey, { ...payload, grant_type: 'refresh_token' });
  return (await world.token({ windows_api_version: '2.2', grant_type: assertionGrant, request })).status === 200;
}

const kinds: readonly (readonly [name: string, work: () => Promise<boolean>])[] = [
  [
    'certificate sign-in, browser',
    async () => (await server.signIn('ana@woodgrove.test', server.card('ana'))).kind === 'signedIn',
  ],
  ['issue by card', async () => (await world.redeemDevice(await world.cardRequest(device, 'ana'))).status === 200],
  ['renewal', renew],
  ['tokens for an application', async () => (await world.accessToken(primary)).status === 200],
];

try {
  for (const [name, work] of kinds) console.log(`${name.padEnd(30)} ${(await measure(work)).toFixed(0)} / CPU s`);
} finally {
  await server.remove();
}

async function measure(work: () => Promise<boolean>): Promise<number> {
  await work(); // warm: keys, CRLs, provider
  let count = 0;
  const before = cpuSeconds(server.pid);
  const end = performance.now() + seconds * 1000;
  const client = async () => {
    while (performance.now() < end) {
      if (!(await work())) throw new Error('a request was refused');
      count++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return count / (cpuSeconds(server.pid) - before);
}

/** User and system time of a process so far; the kernel counts in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
