import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessGrant, Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import type { Verdict } from '#core/verdict.ts';
import { openSealing } from '#keys/sealing.ts';
import { openSigningKeys } from '#keys/signing-keys.ts';
import type { Application } from '#model/application.ts';
import { openFetch } from '#net/http-client.ts';
import { createOidc } from '#oidc/oidc.ts';
import type { ApplicationCheck, OidcEvent, SessionCheck } from '#oidc/provider/options.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { openStorage } from '#storage/storage.ts';
import { type Browser, makeBrowser } from './browser.ts';

/** A login host with two tenants on real storage and TLS; the sign-in pages are replaced by one that always agrees. */
export interface OidcServer {
  readonly origin: string;
  readonly tenants: readonly [TenantOfTest, TenantOfTest];
  readonly sessionChecks: SessionCheck[];
  /** Applications that signed in as themselves. */
  readonly applications: ApplicationCheck[];
  readonly events: OidcEvent[];
  /** What the policy answers from now on. */
  refuseWith(because: Extract<Verdict, { kind: 'refused' }>['because'] | undefined): void;
  /** What people answer, and policy says, of staying signed in from now on. */
  stay(staying: Staying): void;
  browser(): Browser;
  close(): Promise<void>;
}
/** What the person answered to the question whether to stay signed in, and what policy says of it. */
export interface Staying {
  readonly remember: boolean | undefined;
  readonly access?: Pick<AccessGrant, 'persistentBrowser'>;
}
export interface TenantOfTest {
  readonly id: string;
  readonly domain: string;
  readonly user: User;
  readonly publicApp: Application;
  readonly confidentialApp: Application;
  setUser(user: User): Promise<void>;
  setApplication(application: Application): Promise<void>;
}
/** Facts of the certificate that all users sign in with. */
export const certificateOfTest = {
  subject: 'CN=Ana',
  issuer: 'CN=Issuing',
  serialNumber: '0A',
  sha1Thumbprint: 'AB'.repeat(20),
  sha256Thumbprint: 'CD'.repeat(32),
  issuerSubjectKeyIdentifier: 'EF'.repeat(20),
  policyOids: ['1.2.3.4'],
  notAfter: '2099-01-01T00:00:00.000Z',
} as const;

const clock = { now: () => new Date() };
export const secret = 'a secret of the confidential application';
export const redirectUri = 'https://app.example/callback';

export async function openOidcServer(): Promise<OidcServer> {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-oidc-'));
  const storage = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined));
  const tls = makeTlsCertificate({ hosts: ['localhost'], at: clock.now() });
  const sessionChecks: SessionCheck[] = [];
  const applications: ApplicationCheck[] = [];
  const events: OidcEvent[] = [];
  const replays: ApplicationCheck[] = [];
  let refusal: Extract<Verdict, { kind: 'refused' }>['because'] | undefined;
  let staying: Staying = { remember: false };
  const tenants = [await addTenant(storage, 'woodgrove.test'), await addTenant(storage, 'fabrikam.test')] as const;
  const server = createServer({ key: tls.server.privateKeyPem, cert: tls.server.pem });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const oidc = createOidc({
    publicOrigin: origin,
    cookieKeys: ['a key of the test'],
    clock,
    tenants: storage.tenants,
    async forTenant(tenantId) {
      const tenant = await storage.tenants.find(tenantId);
      if (!tenant) return undefined;
      const tenantStorage = storage.forTenant(tenant.id);
      const brand = async () => ({ displayName: tenant.displayName });
      return { tenant, clock, ...tenantStorage, signingKeys: keysOf(tenant.id, tenantStorage.keyStore), brand };
    },
    fetch: openFetch({ privateAddresses: 'allow' }),
    recordTenant: (model, id) => storage.tenantOfRecord(model, id),
    async realmPorts(tenantId) {
      return { ...storage.forTenant(tenantId), tenant: (await storage.tenants.find(tenantId))! };
    },
    certAuthUrl: async (tenantId) => `https://certauth.test/${tenantId}/certauth`,
    noteApplication: async (question) => void applications.push(question),
    noteReplay: async (question) => void replays.push(question),
    async checkSession(question) {
      sessionChecks.push(question);
      const tenantStorage = storage.forTenant(question.tenantId);
      const user = await tenantStorage.directory.user(question.userId);
      const proofs = await tenantStorage.sessions.proofs(question.sessionUid);
      const trace = {
        version: 1,
        correlationId: question.correlationId,
        at: '',
        policyVersion: 'x',
        findings: [],
      } as const;
      const { consent } = question;
      const because = refusal ?? (consent.outcome === 'passed' ? undefined : consent.because);
      if (because) return { kind: 'refused', because, user, trace };
      return { kind: 'granted', user: user!, proofs, access: { multiFactor: true, ...staying.access }, trace };
    },
    log: (event) => events.push(event),
  });
  const existing = new Map<string, ReturnType<typeof openSigningKeys>>();
  function keysOf(tenantId: string, store: Parameters<typeof openSigningKeys>[0]) {
    const keys = existing.get(tenantId) ?? openSigningKeys(store, clock);
    existing.set(tenantId, keys);
    return keys;
  }
  server.on('request', async (req, res) => {
    if (oidc.handles(req.url ?? '')) return oidc.listener(req, res);
    const interaction = await oidc.interactions.find(req, res);
    if (!interaction) return void res.writeHead(404).end('no interaction');
    if (interaction.reason) return void res.writeHead(403).end(interaction.reason.code);
    const tenant = tenants.find(({ id }) => id === interaction.tenantId)!;
    const proof: Proof = {
      method: 'x509CertificateMultiFactor',
      userId: tenant.user.id,
      at: clock.now().toISOString(),
      certificate: certificateOfTest,
    };
    const { status, headers, body } = (await oidc.interactions.finish(req, res, {
      userId: tenant.user.id,
      proofs: [proof],
      remember: staying.remember,
    }))!;
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
    res.writeHead(status).end(body);
  });
  return {
    origin,
    tenants,
    sessionChecks,
    applications,
    events,
    refuseWith: (because) => {
      refusal = because;
    },
    stay: (sessionChecks) => {
      staying = sessionChecks;
    },
    browser: () => makeBrowser(origin, rootOf(tls)),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await storage.close();
      rmSync(folder, { recursive: true });
    },
  };
}

type Storage = Awaited<ReturnType<typeof openStorage>>;

async function addTenant(storage: Storage, domain: string): Promise<TenantOfTest> {
  const id = randomUUID();
  const domains = [{ id: domain, authenticationType: 'Managed', isVerified: true } as const];
  await storage.tenants.add({ id, displayName: domain, domains });
  const { users, applications } = storage.forTenant(id);
  const user: User = {
    id: randomUUID(),
    userPrincipalName: `ana@${domain}`,
    onPremisesUserPrincipalName: undefined,
    displayName: 'Ana',
    mail: undefined,
    accountEnabled: true,
    certificateUserIds: [],
    signInSessionsValidFromDateTime: undefined,
    groupIds: [],
  };
  await users.add(user, 'test');
  const common = {
    redirectUris: [redirectUri, 'http://localhost/native', 'msal123://auth'],
    postLogoutRedirectUris: ['https://app.example/bye'],
    homepage: undefined,
  };
  const publicApp: Application = {
    ...common,
    appId: randomUUID(),
    displayName: 'Public',
    isPublicClient: true,
    secretHashes: [],
    identifierUris: [],
    roles: [],
  };
  const confidentialApp: Application = {
    ...common,
    appId: randomUUID(),
    displayName: 'Confidential',
    isPublicClient: false,
    secretHashes: [createHash('sha256').update(secret).digest('base64url')],
    identifierUris: [`api://payroll.${domain}`],
    roles: ['User.Read.All', `api://payroll.${domain}/Pay.All`],
  };
  await applications.put(publicApp);
  await applications.put(confidentialApp);
  return {
    id,
    domain,
    user,
    publicApp,
    confidentialApp,
    setUser: (change) => users.update(change, 'test'),
    setApplication: (change) => applications.put(change),
  };
}

type Tls = ReturnType<typeof makeTlsCertificate>;
const rootOf = ({ root }: Tls): string => root.pem;
