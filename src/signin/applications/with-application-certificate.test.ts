import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { addAuthority } from '#admin/trust/authorities.ts';
import type { TlsClientName } from '#core/binding/identifiers/tls-client-name.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import type { Application, KeyCredential } from '#model/application.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { evaluateApplicationCertificate } from './with-application-certificate.ts';

const [root, other] = [testCa('Application Root'), testCa('Other Root')];
const name: TlsClientName = { parameter: 'tls_client_auth_san_email', value: 'app@woodgrove.test' };
const leaf = root.issueUserCertificate({ email: name.value });
const applicationOf = (change: Partial<Application> = {}): Application => ({
  ...{ appId: crypto.randomUUID(), displayName: 'App', redirectUris: [], postLogoutRedirectUris: [] },
  ...{ isPublicClient: false, secretHashes: [], identifierUris: [], roles: [], homepage: undefined },
  ...change,
});

describe('a certificate proves an application (RFC 8705 §2)', () => {
  let woodgrove: OneTenant;
  let crls: ReturnType<typeof openCrlCache>;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { clock, storage, ports } = woodgrove;
    crls = openCrlCache({ clock, bytes: storage.crlBytes });
    orThrow(await addAuthority({ certificate: certificateOf(root) }, { at: clock.now(), actor: 'test', ports }));
  });
  afterEach(async () => {
    await crls.close();
    await woodgrove.end();
  });
  const evaluate = async (
    application: Application,
    der: Uint8Array = leaf.der,
    authorities: Parameters<typeof evaluateApplicationCertificate>[0]['authorities'] = [],
  ) => {
    const ports = { ...woodgrove.ports, crls, ocsp: openOcspClient() };
    const request = { correlationId: crypto.randomUUID(), application, leaf: der, authorities };
    const { isProven, because, trace } = await evaluateApplicationCertificate(request, {
      ports,
      at: woodgrove.clock.now(),
    });
    assert.equal(trace.findings.at(-1)?.because.code, because.code, 'the trace ends with the reason');
    return { isProven, code: because.code, because, steps: trace.findings.map(({ step }) => step) };
  };
  /** A registration of `leaf` from and until so many days from now. */
  const registered = (from: number, until: number): KeyCredential => {
    const dayFromNow = (days: number) => new Date(woodgrove.clock.now().getTime() + days * 86_400_000).toISOString();
    return {
      ...{ keyId: 'key', certificate: Buffer.from(leaf.der).toString('base64') },
      ...{ startDateTime: dayFromNow(from), endDateTime: dayFromNow(until) },
    };
  };

  for (const { when, from, until, code } of [
    { when: 'now', from: -1, until: 1, code: 'applicationCertificateRegistered' },
    { when: 'from tomorrow', from: 1, until: 2, code: 'applicationCertificateExpired' },
    { when: 'until yesterday', from: -2, until: -1, code: 'applicationCertificateExpired' },
  ])
    test(`a certificate that is registered ${when}: ${code}`, async () => {
      // The name would do as well: a registration decides alone, and its CA is not asked.
      const ruling = await evaluate(applicationOf({ keyCredentials: [registered(from, until)], tlsClientName: name }));
      assert.deepEqual([ruling.code, ruling.isProven], [code, code === 'applicationCertificateRegistered']);
      assert.ok(!ruling.steps.includes('path'));
    });

  test('a registered certificate on the block list is refused', async () => {
    const { tbsSha256 } = certificateOf(leaf);
    await woodgrove.ports.policy.setBlocked([{ tbsSha256 }], 'test');
    const ruling = await evaluate(applicationOf({ keyCredentials: [registered(-1, 1)] }));
    assert.deepEqual([ruling.code, ruling.isProven], ['applicationCertificateRefused', false]);
  });

  const named: readonly { readonly title: string; readonly tlsClientName?: TlsClientName; readonly code: string }[] = [
    { title: 'the registered name', tlsClientName: name, code: 'applicationCertificateNamed' },
    {
      title: 'another name',
      tlsClientName: { ...name, value: 'x@woodgrove.test' },
      code: 'applicationCertificateMisnamed',
    },
    { title: 'a name, where none is registered', code: 'applicationCertificateUnknown' },
  ];
  for (const { title, tlsClientName, code } of named)
    test(`a certificate of the PKI with ${title}: ${code}`, async () => {
      const ruling = await evaluate(applicationOf(tlsClientName ? { tlsClientName } : {}));
      assert.deepEqual([ruling.code, ruling.isProven], [code, code === 'applicationCertificateNamed']);
    });

  for (const { title, der } of [
    { title: 'from an unknown CA', der: other.issueUserCertificate({ email: name.value }).der },
    { title: 'that cannot be read', der: new Uint8Array([1, 2]) },
    {
      title: 'that has expired',
      der: root.issueUserCertificate({ email: name.value, notAfter: new Date('2020-06-01T00:00:00Z') }).der,
    },
  ])
    test(`a certificate ${title} is refused with the reason of an application`, async () => {
      const ruling = await evaluate(applicationOf({ tlsClientName: name }), der);
      assert.deepEqual([ruling.code, ruling.isProven], ['applicationCertificateRefused', false]);
    });

  test('CAs that are named for applications take the place of the PKI', async () => {
    const authority = { id: 'a', certificate: certificateOf(other), authorityType: 'root' } as const;
    const application = applicationOf({ tlsClientName: name });
    assert.equal((await evaluate(application, leaf.der, [authority])).isProven, false);
    assert.equal(
      (await evaluate(application, other.issueUserCertificate({ email: name.value }).der, [authority])).isProven,
      true,
    );
  });

  test('a blocked certificate with the registered name is refused', async () => {
    const { tbsSha256 } = certificateOf(leaf);
    await woodgrove.ports.policy.setBlocked([{ tbsSha256 }], 'test');
    const ruling = await evaluate(applicationOf({ tlsClientName: name }));
    assert.deepEqual([ruling.code, ruling.steps.includes('revocation')], ['applicationCertificateRefused', true]);
  });
});
