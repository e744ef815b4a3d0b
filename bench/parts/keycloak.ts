import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Authority } from '#pki/build/authority.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { freePort } from '../../test/free-port.ts';
import { type BrowserKind, browserKinds, type Place } from './browser.ts';
import { Visitors } from './visitors.ts';

const version = '26.0.7';
const startPatience = 600_000;
const redirectUri = 'http://localhost/cb';

/** Programs that {@link startKeycloak} needs and this machine does not have. */
export function absentPrograms(): readonly string[] {
  const has = (program: string, flag: string) => spawnSync(program, [flag], { stdio: 'ignore' }).status === 0;
  const programs = [
    ['java', '-version'],
    ['mvn', '--version'],
    ['unzip', '-v'],
  ] as const;
  return programs.filter(([program, flag]) => !has(program, flag)).map(([program]) => program);
}

/**
 * The authenticators of a browser flow, by kind of browser. Keycloak's X.509 authenticator needs no page: alone, it answers authorize with the code. A new browser
 * gets a page of the user name before it, as a tenant of Cardea has.
 */
const steps: Readonly<Record<BrowserKind, readonly string[]>> = {
  new: ['auth-username-form', 'auth-x509-client-username-form'],
  returning: ['auth-x509-client-username-form'],
};

/**
 * Starts Keycloak from Maven Central in `folder`, with a realm for each kind of browser, and waits until it signs in a user of each. Its database is
 * the file of its development mode. `ends` is what stops it.
 */
export async function startKeycloak(folder: string, ends: (() => unknown)[]) {
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
  for (const browserKind of browserKinds)
    writeFileSync(join(home, 'data', 'import', `${browserKind}-realm.json`), JSON.stringify(realmOf(browserKind)));
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
  const placeOf = (browserKind: BrowserKind): Place => ({
    ...{ kind: 'keycloak', browserKind, origin: `https://localhost:${port}`, tenant: browserKind, username: 'ana' },
    ...{ clientId: 'bench', redirectUri, card: { cert: card.pem, key: card.privateKeyPem } },
  });
  for (const browserKind of browserKinds) {
    const visitors = new Visitors(placeOf(browserKind));
    await retryUntilStarted(() => visitors.drive(1, 1)).finally(() => visitors.end());
  }
  return { pid: child.pid!, placeOf };
}

/** Waits until a sign-in succeeds: the first start builds the server, which takes minutes on a small machine. */
async function retryUntilStarted(signIn: () => Promise<unknown>): Promise<void> {
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

/** The realm has the name of the kind. */
function realmOf(browserKind: BrowserKind): Record<string, unknown> {
  return {
    realm: browserKind,
    enabled: true,
    sslRequired: 'none',
    browserFlow: 'bench',
    authenticationFlows: [
      {
        alias: 'bench',
        providerId: 'basic-flow',
        topLevel: true,
        builtIn: false,
        authenticationExecutions: steps[browserKind].map((authenticator, index) => ({
          authenticator,
          ...(authenticator.includes('x509') && { authenticatorConfig: 'x509' }),
          authenticatorFlow: false,
          requirement: 'REQUIRED',
          priority: 10 * (1 + index),
          userSetupAllowed: false,
        })),
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
