import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { refusedWith } from '#test/refused-with.ts';
import {
  type AuthorityConfiguration,
  addAuthorityConfiguration,
  authorityConfigurations,
  certificateIn,
  changeAuthorityConfiguration,
  handshakeAuthorities,
  requireNamedAuthority,
} from './named-authorities.ts';

const actor = 'an administrator';
const root = testCa('Named Root');
const issuing = root.issueCa('Named Issuing');
const other = testCa('Other Root');
const base64 = ({ der }: { readonly der: Uint8Array }) => Buffer.from(der).toString('base64');
const authorityOf = (ca: { readonly der: Uint8Array }, isRootAuthority: boolean) => ({
  id: crypto.randomUUID(),
  certificate: base64(ca),
  isRootAuthority,
});
const documentOf = (...authorities: AuthorityConfiguration['authorities']): AuthorityConfiguration => ({
  displayName: 'Configuration',
  description: null,
  authorities,
});
/** More CAs than a configuration may have, of one key. */
const many = Array.from({ length: 101 }, (_, i) => authorityOf(testCa(`Root ${i}`, { key: root.privateKey }), true));
const forApplications = 'certificateBasedApplicationConfigurations';
const forHandshakes = 'mutualTlsOauthConfigurations';

describe('CAs that certificates of applications may come from', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());
  const add = (
    document: AuthorityConfiguration,
    kind: typeof forApplications | typeof forHandshakes = forApplications,
  ) => addAuthorityConfiguration(kind, document, { actor, ports: woodgrove.ports }).then(orThrow);

  for (const { name, document } of [
    { name: 'no CA', document: documentOf() },
    { name: 'no root', document: documentOf(authorityOf(issuing, false)) },
    { name: 'a CA twice', document: documentOf(authorityOf(root, true), authorityOf(root, true)) },
    {
      name: 'a certificate that is not of a CA',
      document: documentOf(authorityOf(root, true), authorityOf(root.issueUserCertificate(), false)),
    },
    {
      name: 'more than a hundred CAs',
      document: documentOf(...many),
    },
    { name: 'what cannot be read', document: documentOf({ id: 'x', certificate: 'AAAA', isRootAuthority: true }) },
  ])
    test(`a configuration with ${name} is refused when it is added and when it becomes so`, async () => {
      await assert.rejects(add(document), refusedWith('graphPropertyInvalid'));
      const { id } = await add(documentOf(authorityOf(root, true)));
      const change = changeAuthorityConfiguration({ kind: forApplications, id }, () => document, {
        actor,
        ports: woodgrove.ports,
      }).then(orThrow);
      await assert.rejects(change, refusedWith('graphPropertyInvalid'));
      const [configuration] = await authorityConfigurations(forApplications, woodgrove.ports);
      assert.equal(configuration?.document.authorities.length, 1);
    });

  test('a tenant has twenty configurations of a kind at most', async () => {
    for (let i = 0; i < 20; i++) await add(documentOf(authorityOf(root, true)));
    await assert.rejects(add(documentOf(authorityOf(root, true))), refusedWith('graphPropertyInvalid'));
    await add(documentOf(authorityOf(root, true)), forHandshakes);
  });

  test('handshakes have their own CAs, else those of applications, else none is named', async () => {
    const names = async () =>
      (await handshakeAuthorities(woodgrove.ports)).map(({ certificate }) =>
        Buffer.from(certificate.der).toString('base64'),
      );
    assert.deepEqual(await names(), []);
    await add(documentOf(authorityOf(root, true)));
    assert.deepEqual(await names(), [base64(root)]);
    await add(documentOf(authorityOf(other, true)), forHandshakes);
    assert.deepEqual(await names(), [base64(other)]);
  });

  test('a new certificate comes from a CA that is named, where one is', async () => {
    const mine = orThrow(certificateIn(base64(issuing.issueUserCertificate())));
    const foreign = orThrow(certificateIn(base64(other.issueUserCertificate())));
    const require = (...certificates: Parameters<typeof requireNamedAuthority>[0]) =>
      requireNamedAuthority(certificates, woodgrove.ports).then(orThrow);
    await require(mine, foreign);
    await add(documentOf(authorityOf(root, true), authorityOf(issuing, false)));
    await require();
    await require(mine);
    await assert.rejects(require(mine, foreign), refusedWith('applicationKeyFromOtherAuthority'));
  });

  test('a path counts at the time from which the certificate is valid', async () => {
    const notAfter = new Date('2030-01-01T00:00:00Z');
    const short = testCa('Short Root', { notAfter });
    await add(documentOf(authorityOf(short, true)));
    const [before, after] = ['2029-01-01', '2031-01-01'].map((day) =>
      orThrow(
        certificateIn(
          base64(short.issueUserCertificate({ notBefore: new Date(day), notAfter: new Date('2040-01-01') })),
        ),
      ),
    );
    orThrow(await requireNamedAuthority([before!], woodgrove.ports));
    await assert.rejects(
      requireNamedAuthority([after!], woodgrove.ports).then(orThrow),
      refusedWith('applicationKeyFromOtherAuthority'),
    );
  });
});
