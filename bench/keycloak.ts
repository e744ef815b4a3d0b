import '#server/reasons/join.ts';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Authority } from '#pki/build/authority.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { RunningServer } from '../test/e2e/server.ts';
import { freePort } from '../test/free-port.ts';
import { cpuSecondsOf, median, quantile } from './parts/processes.ts';
import { cardeaPlace, type Load, Visitors } from './parts/visitors.ts';

/**
 * Certificate sign-ins of Keycloak and of Cardea in one run, round by round: a new connection with the certificate each, from authorize
 * to tokens with PKCE. Keycloak comes from Maven Central, and its X.509 authenticator is the one step of its browser flow, so it answers
 * authorize with the code: Cardea's visitors ask for its pages as well. Keycloak uses every core, and so does Cardea with a worker on
 * each; Cardea with one process is a row of its own. The visitors share the machine with the server: "alone" is the sign-ins a second
 * of the time in which they leave the cores to it. `node bench/keycloak.ts [sign-ins a round] [rounds] [sign-ins to warm up]`. It
 * needs Java 17, Maven and unzip, and Linux (/proc).
 */
const [signIns, rounds] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 5)];
const version = '26.0.7';
const visitorCounts = [1, 8, 64];
const cores = availableParallelism();
/** Sign-ins that each process makes first: the compilers of a JVM and of V8 continue improving the code for some thousands. */
const warmUp = Number(process.argv[4] ?? 3_000);
const startPatience = 600_000;
const redirectUri = 'http://localhost/cb';

const has = (program: string, flag: string): boolean => spawnSync(program, [flag], { stdio: 'ignore' }).status === 0;
const absentPrograms = [
  ['java', '-version'],
  ['mvn', '--version'],
  ['unzip', '-v'],
].filter(([program, flag]) => !has(program!, flag!));
if (absentPrograms.length > 0) console.log(`Skipped. Missing: ${absentPrograms.map(([name]) => name).join(', ')}`);
else await compare();

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-keycloak-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const subjects = [await keycloakIn(folder, ends), await cardeaWith(1, ends)];
    if (cores > 1) subjects.push(await cardeaWith(cores, ends));
    for (const { visitors, processes } of subjects) await visitors.drive(8, warmUp * processes);
    const rows = new Map<string, Row[]>();
    for (let turn = 0; turn < rounds; turn++)
      for (const count of visitorCounts)
        for (const { name, pid, visitors } of subjects) {
          const before = cpuSecondsOf(pid);
          const load = await visitors.drive(count, signIns);
          const key = `${name}, ${count} visitors`;
          rows.set(key, [...(rows.get(key) ?? []), { ...load, serverSeconds: cpuSecondsOf(pid) - before }]);
        }
    const columns = ['CPU ms', 'of visitors', 'a second', 'alone', 'p99 ms'];
    console.log(`${'medians of the rounds'.padEnd(34)}${columns.map((cell) => cell.padStart(12)).join('')}`);
    for (const [name, results] of [...rows].sort())
      console.log(
        `${name.padEnd(34)}${cellsOf(results)
          .map((cell) => cell.padStart(12))
          .join('')}`,
      );
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

interface Row extends Load {
  readonly serverSeconds: number;
}

function cellsOf(results: readonly Row[]): readonly string[] {
  const of = (value: (row: Row) => number) => median(results.map(value));
  const times = results.flatMap((row) => row.times);
  return [
    of((row) => (row.serverSeconds / signIns) * 1000).toFixed(2),
    of((row) => (row.visitorSeconds / signIns) * 1000).toFixed(2),
    of((row) => signIns / row.seconds).toFixed(0),
    of((row) => signIns / (row.seconds - row.visitorSeconds / cores)).toFixed(0),
    quantile(times, 0.99).toFixed(0),
  ];
}

interface Subject {
  readonly name: string;
  readonly pid: number;
  readonly visitors: Visitors;
  /** Processes that share the sign-ins: each compiles for itself. */
  readonly processes: number;
}

async function cardeaWith(workers: number, ends: (() => unknown)[]): Promise<Subject> {
  const server = await RunningServer.start({ CARDEA_WORKERS: `${workers}` });
  ends.push(() => server.remove());
  const visitors = new Visitors(await cardeaPlace(server));
  ends.push(() => visitors.end());
  const name = workers === 1 ? 'Cardea, one process' : `Cardea, ${workers} workers`;
  return { name, pid: server.pid, visitors, processes: workers };
}

async function keycloakIn(folder: string, ends: (() => unknown)[]): Promise<Subject> {
  const home = unpack(folder);
  const port = await freePort();
  const at = Date.now();
  const day = 86_400_000;
  const root = Authority.root('CN=Bench', { notBefore: new Date(at - day), notAfter: new Date(at + day) });
  const card = root.issueUserCertificate({ subject: 'CN=ana', key: 'P-256' });
  const { server } = makeTlsCertificate({ hosts: ['localhost'], at: new Date() });
  const files = { trust: pem('CERTIFICATE', root.der), certificate: server.pem, key: server.privateKeyPem };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.pem`), text);
  mkdirSync(join(home, 'data', 'import'), { recursive: true });
  writeFileSync(join(home, 'data', 'import', 'bench-realm.json'), JSON.stringify(realmOf()));
  const child = spawn(
    join(home, 'bin', 'kc.sh'),
    [
      'start',
      '--import-realm',
      '--db=dev-file',
      `--hostname=https://localhost:${port}`,
      `--https-port=${port}`,
      `--https-certificate-file=${join(folder, 'certificate.pem')}`,
      `--https-certificate-key-file=${join(folder, 'key.pem')}`,
      '--https-client-auth=request',
      `--truststore-paths=${join(folder, 'trust.pem')}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  );
  // Its script starts the JVM as another process of the same group.
  ends.push(() => process.kill(-child.pid!));
  child.stdout.resume();
  const origin = `https://localhost:${port}`;
  const visitors = new Visitors({
    ...{ kind: 'keycloak', origin, tenant: 'bench', username: 'ana', clientId: 'bench', redirectUri },
    card: { cert: card.pem, key: card.privateKeyPem },
  });
  ends.push(() => visitors.end());
  await started(() => visitors.drive(1, 1));
  return { name: 'Keycloak', pid: child.pid!, visitors, processes: 1 };
}

/** Waits until a sign-in succeeds: the first start builds the server, which takes minutes on a small machine. */
async function started(signIn: () => Promise<unknown>): Promise<void> {
  for (const end = performance.now() + startPatience; ; await wait(500)) {
    try {
      await signIn();
      return;
    } catch (problem) {
      if (performance.now() > end) throw problem;
    }
  }
}

/** The distribution, unpacked. */
function unpack(folder: string): string {
  const place = join(homedir(), '.m2', 'repository', 'org', 'keycloak', 'keycloak-quarkus-dist', version);
  const zip = join(place, `keycloak-quarkus-dist-${version}.zip`);
  if (!existsSync(zip)) {
    console.log(`Maven fetches Keycloak ${version}.`);
    const words = [`-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:zip`, '-Dtransitive=false'];
    spawnSync('mvn', ['-q', '-B', 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get', ...words], {
      stdio: 'inherit',
    });
  }
  if (spawnSync('unzip', ['-q', zip, '-d', folder], { stdio: 'inherit' }).status !== 0)
    throw new Error('Keycloak could not be fetched and unpacked');
  return globSync(join(folder, 'keycloak-*'))[0]!;
}

function realmOf(): Record<string, unknown> {
  return {
    realm: 'bench',
    enabled: true,
    sslRequired: 'none',
    browserFlow: 'x509',
    authenticationFlows: [
      {
        alias: 'x509',
        providerId: 'basic-flow',
        topLevel: true,
        builtIn: false,
        authenticationExecutions: [
          {
            authenticator: 'auth-x509-client-username-form',
            authenticatorConfig: 'x509',
            authenticatorFlow: false,
            requirement: 'REQUIRED',
            priority: 10,
            userSetupAllowed: false,
          },
        ],
      },
    ],
    authenticatorConfig: [
      {
        alias: 'x509',
        config: {
          'x509-cert-auth.mapping-source-selection': "Subject's Common Name",
          'x509-cert-auth.mapper-selection': 'Username or Email',
          'x509-cert-auth.confirmation-page-disallowed': 'true',
          'x509-cert-auth.timestamp-validation-enabled': 'true',
          'x509-cert-auth.revalidate-certificate-enabled': 'true',
        },
      },
    ],
    users: [{ username: 'ana', enabled: true, email: 'ana@bench.test', firstName: 'Ana', lastName: 'Ruiz' }],
    clients: [
      { clientId: 'bench', enabled: true, publicClient: true, standardFlowEnabled: true, redirectUris: [redirectUri] },
    ],
  };
}
