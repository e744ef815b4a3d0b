import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { addDirectoryApplication, changeDirectoryApplication } from '#admin/applications/directory-applications.ts';
import { importEntra } from '#admin/document/import-apply.ts';
import { readEntraExport } from '#admin/document/import-entra.ts';
import { applyDocument } from '#admin/policies/policies.ts';
import { addAuthorities } from '#admin/trust/authorities.ts';
import { replaceClassicStore } from '#admin/trust/classic-store.ts';
import { addToContainer } from '#admin/trust/pki/pki-authorities.ts';
import { addContainer } from '#admin/trust/pki/pki-containers.ts';
import { uploadBundle } from '#admin/trust/upload/upload.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { checkKey } from '#core/x509/algorithms/public-key.ts';
import { checkSignature } from '#core/x509/algorithms/signature.ts';
import { validatePath } from '#core/x509/path.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Issued } from '#pki/build/issued.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { bundleOf } from '../../pki/bundle.ts';
import { at, certificateOf, storeOf } from '../../pki/chains.ts';
import { refusedKeys } from '../../pki/refused-keys.ts';
import { testCa } from '../../pki/test-ca.ts';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';

const actor = 'an actor';
const base64 = ({ der }: Pick<Issued, 'der'>) => Buffer.from(der).toString('base64');
const root = testCa('CN=Issuer of every key');

type Entry = (certificate: Issued, ports: TenantStorage, clock: TestClock, tenant: Tenant) => Promise<unknown>;

/** Every way by which a certificate of a CA comes into a tenant. */
const caEntries: Readonly<Record<string, Entry>> = {
  'Graph, PKI-based store': async (ca, ports, clock) => {
    const { id } = orThrow(await addContainer(undefined, { at: clock.at, actor, ports }));
    return addToContainer(id, { certificate: base64(ca) }, { at: clock.at, actor, ports }).then(orThrow);
  },
  'Graph, classic store': (ca, ports, clock) =>
    replaceClassicStore([{ certificate: base64(ca), isRootAuthority: false }], { at: clock.at, actor, ports }).then(
      orThrow,
    ),
  'Graph, bulk upload': (ca, ports, clock) =>
    uploadBundle({ store: 'pki', container: 'Cards' }, bundleOf(ca.der), { at: clock.at, actor, ports }).then(orThrow),
  'bulk upload, classic store': (ca, ports, clock) =>
    uploadBundle({ store: 'classic' }, bundleOf(ca.der), { at: clock.at, actor, ports }).then(orThrow),
  'ca add': (ca, ports, clock) =>
    addAuthorities([{ certificate: certificateOf(ca) }], { store: 'pki' }, { at: clock.at, actor, ports }).then(
      orThrow,
    ),
  'ca add --store classic': (ca, ports, clock) =>
    addAuthorities([{ certificate: certificateOf(ca) }], { store: 'classic' }, { at: clock.at, actor, ports }).then(
      orThrow,
    ),
  'policy apply, PKI-based store': (ca, ports, clock) =>
    applyDocument(
      { certificateAuthorities: [{ certificate: ca.pem }] },
      { actor, at: clock.at, ports },
      { dryRun: false },
    ).then(orThrow),
  'policy apply, classic store': (ca, ports, clock) => {
    const document = { certificateAuthorities: [{ certificate: ca.pem, store: 'classic' }] };
    return applyDocument(document, { actor, at: clock.at, ports }, { dryRun: false }).then(orThrow);
  },
  'import entra': (ca, ports, clock, tenant) => {
    const content = { certificateAuthorities: [{ certificate: base64(ca), isRootAuthority: false, issuer: 'x' }] };
    const entraExport = orThrow(readEntraExport([{ name: 'certificateBasedAuthConfiguration.json', content }]));
    assert.equal(entraExport.document.certificateAuthorities?.length, 1, 'the export was read');
    return importEntra(entraExport, tenant, { actor, at: clock.at, ports }, { dryRun: false }).then(orThrow);
  },
};

/** Every way by which an application gets a certificate. */
const applicationEntries: Readonly<Record<string, Entry>> = {
  'Graph, a new application': (certificate, ports, clock) => {
    const keyCredentials = [{ certificate: base64(certificate) }];
    return addDirectoryApplication({ displayName: 'App', keyCredentials }, { at: clock.at, actor, ports }).then(
      orThrow,
    );
  },
  'Graph, a known application': async (certificate, ports, clock) => {
    const { appId } = orThrow(await addDirectoryApplication({ displayName: 'App' }, { at: clock.at, actor, ports }));
    const keyCredentials = [{ certificate: base64(certificate) }];
    return changeDirectoryApplication(appId, { keyCredentials }, { actor, ports }).then(orThrow);
  },
  'app add --certificate': (certificate, ports) => {
    const certificates = [certificateOf(certificate)];
    return addApplication(
      { displayName: 'App', redirectUris: [], isPublicClient: false, certificates },
      { actor, ports },
    ).then(orThrow);
  },
};

const refusesWith = (code: string) => (problem: unknown) => {
  assert.equal((problem as { because?: { code: string } }).because?.code, code, String(problem));
  return true;
};

describe('a key that no signature counts under is refused before it is stored', () => {
  const [database] = databasesUnderTest();
  const clock = new TestClock();
  let storage: Storage;
  let ports: TenantStorage;
  let tenant: Tenant;
  before(async () => {
    storage = await openAt(await database!.place(), clock);
    tenant = {
      id: crypto.randomUUID(),
      displayName: 'Keys',
      domains: [{ id: 'keys.test', authenticationType: 'Managed', isVerified: true }],
    };
    await storage.tenants.add(tenant);
    ports = storage.forTenant(tenant.id);
  });
  after(async () => {
    await storage.close();
    database!.end();
  });

  for (const [name, publicKeyInfo, code] of refusedKeys) {
    const ca = root.issueCa(`CN=${name}`, { publicKeyInfo });
    const card = root.issueUserCertificate({ subject: `CN=${name}`, publicKeyInfo });

    test(`${name}: as a CA, by every way in`, async () => {
      for (const entry of Object.values(caEntries))
        await assert.rejects(entry(ca, ports, clock, tenant), refusesWith('authorityKeyUnsound'));
      assert.deepEqual(await ports.trustStore.list(), []);
    });

    test(`${name}: as the key of an application, by every way in`, async () => {
      for (const entry of Object.values(applicationEntries))
        await assert.rejects(entry(card, ports, clock, tenant), refusesWith('applicationKeyInvalid'));
      const applications = await ports.applications.list();
      assert.deepEqual(
        applications.flatMap(({ keyCredentials = [] }) => keyCredentials),
        [],
      );
    });

    test(`${name}: as the key of a card: ${code}`, () => {
      const { because } = validatePath(certificateOf(card), storeOf([root]), at);
      assert.equal(because.code, code);
    });

    test(`${name}: as the key that signed a certificate, a CRL or an OCSP answer: ${code}`, () => {
      const { because } = checkSignature(certificateOf(card), publicKeyInfo, defaultAlgorithmPolicy);
      assert.equal(because.code, code);
    });

    test(`${name}: by the one key rule: ${code}`, () =>
      assert.equal(checkKey(publicKeyInfo, defaultAlgorithmPolicy).because.code, code));
  }

  test('the same ways in take a sound CA and a sound certificate', async () => {
    for (const [name, entry] of Object.entries(caEntries)) {
      const tenantStorage = storage.forTenant(crypto.randomUUID());
      await entry(root.issueCa('CN=Sound'), tenantStorage, clock, tenant);
      assert.equal((await tenantStorage.trustStore.list()).length, 1, name);
    }
    for (const entry of Object.values(applicationEntries))
      await entry(root.issueUserCertificate({ subject: 'CN=Sound' }), ports, clock, tenant);
  });
});
