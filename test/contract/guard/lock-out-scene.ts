import { changeUser } from '#admin/directory/users.ts';
import { changeAccess } from '#admin/policies/change-access.ts';
import { changeX509 } from '#admin/policies/method-policy.ts';
import type { GuardPorts } from '#admin/safety/guard.ts';
import { detailsOf } from '#admin/trust/authority/authority-rules.ts';
import { makeDemoTenant } from '#cli/demo.ts';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { User } from '#core/binding/user.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { serveCrls } from '#http/demo-crl.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { crlFiles, makeWoodgrove, type Woodgrove } from '#pki/demo/woodgrove.ts';
import { writeSignInLog } from '#signin/log/write-sign-in-log.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';
import type { Place } from '#storage/database/open.ts';
import { freePort } from '../../free-port.ts';
import { type DatabaseUnderTest, databasesUnderTest, openAt, TestClock } from '../databases.ts';

export const actor = 'an administrator';
export const clock = new TestClock();
export const groupId = '11111111-2222-4333-8444-555555555555';

export interface Scene {
  readonly ports: GuardPorts;
  readonly ana: User;
  readonly pki: Woodgrove;
}
export type Work = (inside: GuardPorts, scene: Scene) => Promise<unknown>;
/** A change after which Ana, the one Global Administrator, could not sign in. */
export interface Row {
  readonly name: string;
  readonly prepare?: Work;
  readonly change: Work;
  /** A rule that no `force` lifts refuses it, before the guard does. */
  readonly code?: 'graphLastAdministrator' | 'graphObjectInUse';
  /** Ana signs in with something that a dry run does not replay. */
  readonly isWithoutCertificate?: boolean;
}

export const x509 =
  (part: (old: X509CertificateConfiguration) => Partial<X509CertificateConfiguration>): Work =>
  (inside) =>
    changeX509((old) => ({ ...old, ...part(old) }), { actor, ports: inside }).then(orThrow);
export const bindTo = (userProperty: string) =>
  x509(() => ({
    certificateUserBindings: [
      { x509CertificateField: 'PrincipalName', userProperty, priority: 1, trustAffinityLevel: 'low' },
    ] as unknown as X509CertificateConfiguration['certificateUserBindings'],
  }));
export const target = { targetType: 'group', id: groupId, isRegistrationRequired: false } as const;
export const addGroup =
  (isMember: boolean): Work =>
  async (inside, { ana }) => {
    await inside.groups.add({ id: groupId, displayName: 'Group' }, actor);
    if (isMember) await inside.groups.addMember(groupId, { kind: 'user', id: ana.id }, actor);
  };
export const all =
  (...parts: readonly Work[]): Work =>
  async (inside, scene) => {
    for (const part of parts) await part(inside, scene);
  };
export const policyOf = (ana: User, change: object = {}) =>
  ({
    id: crypto.randomUUID(),
    displayName: 'Policy',
    state: 'enabled',
    conditions: {
      users: { includeUsers: [ana.id] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
    ...change,
  }) as unknown as ConditionalAccessPolicy;
export const addPolicy =
  (change: object = {}): Work =>
  (inside, { ana }) =>
    changeAccess({ actor, ports: inside }, ({ policies }) => ({ policies: [...policies, policyOf(ana, change)] })).then(
      orThrow,
    );
export const mfa = addPolicy({ grantControls: { operator: 'OR', builtInControls: ['mfa'] } });
export const provider = {
  issuerUri: 'urn:idp',
  passiveSignInUri: 'https://idp.test/',
  preferredAuthenticationProtocol: 'wsFed',
} as const;
export const change =
  (part: Parameters<typeof changeUser>[1]): Work =>
  (inside, { ana }) =>
    changeUser(ana.id, part, inside.tenant, { actor, ports: inside }).then(orThrow);
export const location = (cidrAddress: string) =>
  ({
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    id: groupId,
    displayName: 'Office',
    isTrusted: true,
    ipRanges: [cidrAddress],
  }) as unknown as NamedLocation;
export const rowOf = async (name: 'root' | 'issuing-1', inside: GuardPorts, { pki }: Scene) => {
  const { thumbprint } = detailsOf(pki.authorities[name]);
  return (await inside.trustStore.list()).find((row) => detailsOf(row).thumbprint === thumbprint)!;
};
export const passkey: Work = (inside, { ana }) =>
  inside.methods.add(
    {
      id: groupId,
      userId: ana.id,
      displayName: 'Key',
      createdDateTime: clock.at,
      kind: 'fido2',
      credentialId: 'AAAA',
      publicKey: 'AAAA',
      aaguid: '00000000-0000-0000-0000-000000000000',
      transports: [],
    },
    actor,
  );
export const off = x509(() => ({ state: 'disabled' }));
export const isWithoutCertificate = true;

export const cardOf = (pki: Woodgrove) => pki.cards.find(({ person }) => person.name === 'ana')!.issued;

/** Demos of which each test gets one of its own, in which Ana has signed in with her card. */
export function openScenes(database: DatabaseUnderTest = databasesUnderTest()[0]!) {
  let pki: Woodgrove;
  let close: () => Promise<unknown>;
  let demo: Place;
  const open = async (place: Place) => {
    const storage = await openAt(place, clock);
    const crls = openCrlCache({ clock, bytes: storage.crlBytes });
    return { storage, crls };
  };
  const portsIn = async ({ storage, crls }: Awaited<ReturnType<typeof open>>) => {
    const tenant = (await storage.tenants.find('woodgrove.test'))!;
    const passwords = openPasswords();
    return { ...storage.forTenant(tenant.id), tenant, clock, crls, ocsp: openOcspClient(), passwords, passkeys };
  };
  return {
    async start() {
      const port = await freePort();
      pki = makeWoodgrove({ at: clock.at, crlBaseUrl: `http://localhost:${port}` });
      const server = await serveCrls(port, (path) => crlFiles(pki).get(path));
      close = () => server.close();
      demo = await database.place();
      const { storage, crls } = await open(demo);
      const adminOf = async (tenantId: string) => storage.forTenant(tenantId);
      await makeDemoTenant(pki, { tenants: storage.tenants, clock, firstParty: [], adminOf });
      await signAnaIn(pki, await portsIn({ storage, crls }));
      await crls.close();
      await storage.close();
    },
    async end() {
      await close();
      database.end();
    },
    async onDemo(work: (scene: Scene) => Promise<void>): Promise<void> {
      const { storage, crls } = await open(await database.copyOf(demo));
      const ports = await portsIn({ storage, crls });
      const ana = (await ports.users.find('ana@woodgrove.test'))!;
      try {
        await work({ ports, ana, pki });
      } finally {
        await crls.close();
        await storage.close();
      }
    },
  };
}

/** Ana's sign-in with her card, as the server records it. */
async function signAnaIn(
  pki: Woodgrove,
  ports: Parameters<typeof signInWithCertificate>[1]['ports'] & Parameters<typeof writeSignInLog>[2]['ports'],
): Promise<void> {
  const { der: leaf } = cardOf(pki);
  const request = {
    correlationId: crypto.randomUUID(),
    application: { appId: 'a', displayName: 'App' },
    resourceId: 'r',
    ipAddress: '127.0.0.1',
    userAgent: 'test',
    username: 'ana@woodgrove.test',
    presented: { leaf },
    host: 'certauth.localhost',
    proofs: [],
  };
  const context = { ports, at: clock.at };
  const verdict = await signInWithCertificate(request, context);
  await writeSignInLog(request, verdict, context, { isInteractive: true, presented: leaf });
}
