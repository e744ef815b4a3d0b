import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Authority } from '#pki/build/authority.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { RunningServer } from '../test/e2e/server.ts';
import { freePort } from '../test/free-port.ts';
import { cpuSecondsOf, median, quantile } from './processes.ts';

/**
 * Certificate sign-ins of Keycloak and of Cardea in one run, round by round: a new connection with the certificate each, from authorize
 * to tokens with PKCE. Keycloak comes from Maven Central, and its X.509 authenticator is the one step of its browser flow, so it answers
 * authorize with the code: Cardea's visitors ask for its pages as well. `node bench/keycloak.ts [sign-ins a round] [rounds] [sign-ins to warm up]`. It needs
 * Java 17, Maven and unzip, and Linux (/proc).
 */
const [signIns, rounds] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 5)];
const version = '26.0.7';
const visitorCounts = [1, 8, 64];
/** The compilers of a JVM go on improving the code for some thousands of sign-ins. */
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
  let keycloak: Keycloak | undefined;
  let cardea: RunningServer | undefined;
  try {
    keycloak = await startKeycloak(folder);
    cardea = await RunningServer.start();
    const card = cardea.card('ana');
    const subjects = [
      { name: 'Keycloak', pid: keycloak.process.pid!, signIn: keycloak.signIn },
      {
        name: 'Cardea',
        pid: cardea.pid,
        signIn: async () => {
          const { kind } = await cardea!.signIn('ana@woodgrove.test', card);
          if (kind !== 'signedIn') throw new Error('a sign-in was refused');
        },
      },
    ];
    for (const { name, signIn } of subjects) await drive(signIn, 8, name === 'Keycloak' ? warmUp : warmUp / 5);
    const rows = new Map<string, { cost: number; perSecond: number; times: readonly number[] }[]>();
    for (let turn = 0; turn < rounds; turn++)
      for (const visitors of visitorCounts)
        for (const { name, pid, signIn } of subjects) {
          const before = cpuSecondsOf(pid);
          const { seconds, times } = await drive(signIn, visitors, signIns);
          const row = { cost: ((cpuSecondsOf(pid) - before) / signIns) * 1000, perSecond: signIns / seconds, times };
          rows.set(`${name}, ${visitors} visitors`, [...(rows.get(`${name}, ${visitors} visitors`) ?? []), row]);
        }
    console.log(`${'medians of the rounds'.padEnd(30)} CPU ms   a second     p99 ms`);
    for (const [name, results] of rows) {
      const times = results.flatMap((row) => row.times);
      const [cost, perSecond] = [median(results.map((row) => row.cost)), median(results.map((row) => row.perSecond))];
      const cells = [cost.toFixed(2), perSecond.toFixed(0), quantile(times, 0.99).toFixed(0)];
      console.log(`${name.padEnd(26)} ${cells.map((cell) => cell.padStart(10)).join(' ')}`);
    }
  } finally {
    // Its script starts the JVM as another process of the same group.
    if (keycloak?.process.pid) process.kill(-keycloak.process.pid);
    await cardea?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function drive(signIn: () => Promise<void>, visitors: number, count: number) {
  const times: number[] = [];
  let countdown = count;
  const visitor = async () => {
    while (countdown-- > 0) {
      const begin = performance.now();
      await signIn();
      times.push(performance.now() - begin);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: visitors }, visitor));
  return { seconds: (performance.now() - begin) / 1000, times };
}

interface Keycloak {
  readonly process: ChildProcess;
  readonly signIn: () => Promise<void>;
}

async function startKeycloak(folder: string): Promise<Keycloak> {
  const home = unpack(folder);
  const port = await freePort();
  const at = Date.now();
  const day = 86_400_000;
  const root = Authority.root('CN=Bench', { notBefore: new Date(at - day), notAfter: new Date(at + day) });
  const card = root.issueCard({ subject: 'CN=ana', key: 'P-256' });
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
  child.stdout!.resume();
  const signIn = () => signInAtKeycloak(port, { cert: card.pem, key: card.privateKeyPem });
  await started(signIn);
  return { process: child, signIn };
}

/** Waits until a sign-in succeeds: the first start builds the server, which takes minutes on a small machine. */
async function started(signIn: () => Promise<void>): Promise<void> {
  for (const end = performance.now() + startPatience; ; await wait(500)) {
    try {
      return await signIn();
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

async function signInAtKeycloak(port: number, card: { readonly cert: string; readonly key: string }): Promise<void> {
  const agent = new Agent({ ...card, keepAlive: true, maxSockets: 1, rejectUnauthorized: false, maxCachedSessions: 0 });
  const path = '/realms/bench/protocol/openid-connect';
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const shared = { client_id: 'bench', redirect_uri: redirectUri };
  const query = {
    ...shared,
    response_type: 'code',
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  try {
    const { location } = await send(agent, port, `${path}/auth?${new URLSearchParams(query)}`);
    const code = new URL(location ?? '', `https://localhost:${port}`).searchParams.get('code');
    if (!code) throw new Error(`Keycloak gave no code: ${location}`);
    const form = { ...shared, grant_type: 'authorization_code', code, code_verifier: verifier };
    const { body } = await send(agent, port, `${path}/token`, String(new URLSearchParams(form)));
    if (!JSON.parse(body).id_token) throw new Error(body);
  } finally {
    agent.destroy();
  }
}

function send(agent: Agent, port: number, path: string, form?: string) {
  return new Promise<{ readonly location: string | undefined; readonly body: string }>((resolve, reject) => {
    const headers = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const method = form === undefined ? 'GET' : 'POST';
    const message = request({ port, path, method, agent, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ location: answer.headers.location, body }));
    });
    message.on('error', reject).end(form);
  });
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
