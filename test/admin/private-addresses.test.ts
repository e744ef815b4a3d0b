import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { addDirectoryApplication, changeDirectoryApplication } from '#admin/applications/directory-applications.ts';
import { importEntra } from '#admin/document/import-apply.ts';
import { readEntraExport } from '#admin/document/import-entra.ts';
import { applyDocument } from '#admin/policies/policies.ts';
import { changeProvider, federateDomain, providersOf } from '#admin/tenant/domains.ts';
import { addTenant } from '#admin/tenant/tenants.ts';
import { addAuthorities, changeAuthority, removeAuthority } from '#admin/trust/authorities.ts';
import { replaceClassicStore } from '#admin/trust/classic-store.ts';
import { restoreDeleted } from '#admin/trust/pki/deleted-authorities.ts';
import { addToContainer } from '#admin/trust/pki/pki-authorities.ts';
import { addContainer } from '#admin/trust/pki/pki-containers.ts';
import { uploadBundle } from '#admin/trust/upload/upload.ts';
import type { IdentityProvider } from '#core/binding/realm.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { openSealing } from '#keys/sealing.ts';
import type { Tenant } from '#model/tenant.ts';
import { everyAddress } from '#ports/ports.ts';
import { openStorage, type Storage, type TenantStorage } from '#storage/storage.ts';
import { usualRepeats } from '#storage/stores/sign-in/log/repeats.ts';
import { emptyFolder, TestClock } from '../contract/databases.ts';
import { bundleOf } from '../pki/bundle.ts';
import { certificateOf } from '../pki/chains.ts';
import { testCa } from '../pki/test-ca.ts';

const actor = 'an actor';
const clock = new TestClock();
const { at } = clock;
const root = testCa('CN=Private Addresses Root');
const base64 = Buffer.from(root.der).toString('base64');
const certificate = certificateOf(root);
const pki = { store: 'pki' } as const;

type Entry = (address: string, ports: TenantStorage, tenant: Tenant) => Promise<unknown>;

/** Adds a CA with a public address and returns its id. */
async function knownAuthority(ports: TenantStorage): Promise<string> {
  const certificateRevocationListUrl = 'http://crl.test/a.crl';
  const [row] = orThrow(
    await addAuthorities([{ certificate, certificateRevocationListUrl }], pki, { at, actor, ports }),
  );
  return row!.id;
}
const provider = (passiveSignInUri: string): IdentityProvider =>
  ({ issuerUri: 'urn:sts', passiveSignInUri, preferredAuthenticationProtocol: 'wsFed' }) as IdentityProvider;
const application = { displayName: 'App', redirectUris: [], isPublicClient: false };
const webLogout = (logoutUrl: string) => ({ profile: { web: { logoutUrl } } });

/** Every way by which an address comes into a tenant, by the setting that checks it. */
const entries: Readonly<Record<'crl' | 'logout' | 'federation', Readonly<Record<string, Entry>>>> = {
  crl: {
    'ca add --crl-url': (url, ports) =>
      addAuthorities([{ certificate, certificateRevocationListUrl: url }], pki, { at, actor, ports }).then(orThrow),
    'ca add --store classic': (url, ports) =>
      addAuthorities(
        [{ certificate, certificateRevocationListUrl: url }],
        { store: 'classic' },
        { at, actor, ports },
      ).then(orThrow),
    'ca set --crl-url': async (url, ports) =>
      changeAuthority(await knownAuthority(ports), { certificateRevocationListUrl: url }, { at, actor, ports }).then(
        orThrow,
      ),
    'ca set --delta-crl-url': async (url, ports) =>
      changeAuthority(
        await knownAuthority(ports),
        { deltaCertificateRevocationListUrl: url },
        { at, actor, ports },
      ).then(orThrow),
    'ca set --further-crl-url': async (url, ports) =>
      changeAuthority(await knownAuthority(ports), { furtherCrlUrls: [url] }, { at, actor, ports }).then(orThrow),
    'ca set --ocsp-url': async (url, ports) =>
      changeAuthority(await knownAuthority(ports), { ocsp: { url, order: 'first' } }, { at, actor, ports }).then(
        orThrow,
      ),
    'Graph, PKI-based store': async (url, ports) => {
      const { id } = orThrow(await addContainer(undefined, { at, actor, ports }));
      return addToContainer(id, { certificate: base64, certificateRevocationListUrl: url }, { at, actor, ports }).then(
        orThrow,
      );
    },
    'Graph, classic store': (url, ports) => {
      const stated = { certificate: base64, isRootAuthority: true, certificateRevocationListUrl: url };
      return replaceClassicStore([stated], { at, actor, ports }).then(orThrow);
    },
    'a bundle, whose certificate names it': (url, ports) => {
      const { der } = testCa('CN=Publishing', { crlUrl: url }).issueCa('CN=Named');
      return uploadBundle({ store: 'pki', container: 'Cards' }, bundleOf(der), { at, actor, ports }).then(orThrow);
    },
    'a bundle, classic store': (url, ports) => {
      const { der } = testCa('CN=Publishing', { crlUrl: url }).issueCa('CN=Named');
      return uploadBundle({ store: 'classic' }, bundleOf(der), { at, actor, ports }).then(orThrow);
    },
    'policy apply': (url, ports) => {
      const document = { certificateAuthorities: [{ certificate: root.pem, certificateRevocationListUrl: url }] };
      return applyDocument(document, { actor, at, ports }, { dryRun: false }).then(orThrow);
    },
    'import entra': (url, ports, tenant) => {
      const row = { certificate: base64, isRootAuthority: true, certificateRevocationListUrl: url, issuer: 'x' };
      const content = { certificateAuthorities: [row] };
      const entraExport = orThrow(readEntraExport([{ name: 'certificateBasedAuthConfiguration.json', content }]));
      return importEntra(entraExport, tenant, { actor, at, ports }, { dryRun: false }).then(orThrow);
    },
  },
  logout: {
    'app add --front-channel-logout': (logoutUrl, ports) =>
      addApplication({ ...application, logoutUrl }, { actor, ports }).then(orThrow),
    'app add --back-channel-logout': (backChannelLogoutUri, ports) =>
      addApplication({ ...application, backChannelLogoutUri }, { actor, ports }).then(orThrow),
    'Graph, a new application': (url, ports) =>
      addDirectoryApplication({ displayName: 'App', ...webLogout(url) }, { at, actor, ports }).then(orThrow),
    'Graph, a known application': async (url, ports) => {
      const { appId } = orThrow(await addDirectoryApplication({ displayName: 'App' }, { at, actor, ports }));
      return changeDirectoryApplication(appId, webLogout(url), { actor, ports }).then(orThrow);
    },
  },
  federation: {
    'domain federate': (url, ports, tenant) =>
      federateDomain(tenant, tenant.domains[0]!.id, provider(url), { actor, ports }).then(orThrow),
    'Graph, a known provider': async (url, ports, tenant) => {
      const domain = tenant.domains[0]!.id;
      orThrow(await federateDomain(tenant, domain, provider('https://sts.test/'), { actor, ports }));
      const [{ id }] = (await providersOf(domain, ports)) as unknown as readonly [{ id: string }];
      return changeProvider(id, domain, { passiveSignInUri: url }, { actor, ports }).then(orThrow);
    },
  },
};

describe('private addresses are checked where they are entered', () => {
  let allowing: Storage;
  let refusing: Storage;
  const open = (addresses: typeof everyAddress) => {
    const folder = emptyFolder();
    const rules = { repeats: usualRepeats, addresses };
    return openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined), rules);
  };
  before(async () => {
    allowing = await open(everyAddress);
    refusing = await open({
      crlPrivateAddresses: 'refuse',
      logoutPrivateAddresses: 'refuse',
      federationPrivateAddresses: 'refuse',
    });
  });
  after(async () => {
    await allowing?.close();
    await refusing?.close();
  });
  let count = 0;
  async function tenantIn(storage: Storage): Promise<readonly [TenantStorage, Tenant]> {
    const domains = [`t${++count}.test`];
    const tenant = orThrow(await addTenant({ displayName: 'T', domains }, { actor, ports: storage }));
    return [storage.forTenant(tenant.id), tenant];
  }

  for (const [kind, ways] of Object.entries(entries)) {
    const scheme = kind === 'crl' ? 'http' : 'https';
    for (const [way, enter] of Object.entries(ways))
      test(`${way}: ${kind}PrivateAddresses decides, and a name is accepted`, async () => {
        for (const host of ['10.1.2.3', 'localhost', '[fd00::1]']) {
          const url = `${scheme}://${host}/a`;
          await assert.rejects(enter(url, ...(await tenantIn(refusing))), (problem: unknown) => {
            assert.ok(problem instanceof CardeaError, String(problem));
            assert.equal(problem.because.code, 'addressPrivate');
            assert.match(problem.message, new RegExp(`the setting ${kind}PrivateAddresses`));
            return true;
          });
          await enter(url, ...(await tenantIn(allowing)));
        }
        await enter(`${scheme}://private.test/a`, ...(await tenantIn(refusing)));
      });
  }

  test('what was entered while it was allowed stays: the rest of its CA is changed, and it is restored', async () => {
    const [ports] = await tenantIn(allowing);
    const url = 'http://10.1.2.3/a.crl';
    const [row] = orThrow(
      await addAuthorities([{ certificate, certificateRevocationListUrl: url }], pki, { at, actor, ports }),
    );
    const stricter = { ...ports, addresses: { ...everyAddress, crlPrivateAddresses: 'refuse' } as const };
    orThrow(await changeAuthority(row!.id, { displayName: 'Renamed' }, { at, actor, ports: stricter }));
    orThrow(await removeAuthority(row!.id, { at, actor, ports: stricter }));
    orThrow(await restoreDeleted(row!.id, { at, actor, ports: stricter }));
    assert.equal((await ports.trustStore.list())[0]?.certificateRevocationListUrl, url);
  });

  test('of a bundle only the CA with the private address is left out, and its reason says why', async () => {
    const [ports] = await tenantIn(refusing);
    const publishing = testCa('CN=Publishing', { crlUrl: 'http://10.1.2.3/a.crl' }).issueCa('CN=Named');
    const bundle = bundleOf(root.der, publishing.der);
    const upload = orThrow(await uploadBundle({ store: 'pki', container: 'Cards' }, bundle, { at, actor, ports }));
    assert.equal(upload.additions.length, 1);
    assert.deepEqual(
      upload.leftOut.map(({ because }) => because.code),
      ['addressPrivate'],
    );
  });
});
