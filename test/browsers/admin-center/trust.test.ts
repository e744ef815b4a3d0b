import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hexOf } from '#core/hex.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { Authority } from '#pki/build/authority.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { testCa } from '../../pki/test-ca.ts';
import { AdminCenter, skip } from './harness.ts';

const root = testCa('C=US,O=Fjord,CN=Fjord Root');

describe('the trust stores and certificate-based authentication in the admin center', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
    writeFileSync(fjord(), pem('CERTIFICATE', root.der));
    await admin.signIn('ana@woodgrove.test', '/public-key-infrastructure');
  });
  after(() => admin?.close());
  const fjord = () => join(admin.server.folder, 'fjord.pem');
  const stateOfMethod = async () => (await admin.server.cardea('policy', 'get')).out;

  test('a PKI is created, a CA is added with a warning, and both are deleted and restored', async () => {
    const { page } = admin;
    await admin.heading('Public key infrastructure');
    await admin.press('Create PKI');
    await page.getByLabel('Display name').fill('Fjord PKI');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    assert.deepEqual(await admin.look('pkis'), []);
    await page.getByRole('link', { name: 'Fjord PKI' }).click();
    await admin.heading('Fjord PKI');
    await admin.press('Add certificate authority');
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=file]').setInputFiles(fjord());
    await dialog.getByText('fjord.pem').waitFor();
    await admin.tick(dialog.getByRole('radio', { name: 'Yes' }));
    await dialog.getByLabel('Certificate revocation list URL', { exact: true }).fill('http://intranet/list');
    await dialog.getByText('does not have the usual form').waitFor();
    assert.deepEqual(await admin.look('ca-upload'), []);
    await dialog.getByRole('button', { name: 'Preview effect on sign-ins' }).click();
    await dialog.getByText('No sign-in would have a different result.').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('does not have the usual form').waitFor();
    await page.getByRole('row', { name: /Fjord Root/ }).waitFor();
    assert.deepEqual(await admin.look('pki'), []);
    await page.getByRole('button', { name: /Fjord Root/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    const confirm = page.getByRole('alertdialog');
    await admin.tick(confirm.getByRole('checkbox'));
    await confirm.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('There is no certificate authority yet').waitFor();
    await page.getByRole('tab', { name: 'Deleted certificate authorities' }).click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await confirm.getByText('No sign-in would have a different result.').waitFor();
    await confirm.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('No deleted certificate authority').waitFor();
  });

  test('a key is refused before anything is sent', async () => {
    const { page } = admin;
    await admin.press('Add certificate authority');
    const dialog = page.getByRole('dialog');
    const file = join(admin.server.folder, 'key.pem');
    writeFileSync(file, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    const der = join(admin.server.folder, 'key.cer');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(der, privateKey.export({ type: 'pkcs8', format: 'der' }));
    const refusal = (name: string) => dialog.getByRole('alert').getByText(`${name} contains a private key`).waitFor();
    for (const [each, name] of [
      [file, 'key.pem'],
      [der, 'key.cer'],
    ] as const) {
      await dialog.locator('input[type=file]').setInputFiles(each);
      await refusal(name);
      assert.ok(await dialog.getByRole('button', { name: 'Save' }).isDisabled(), name);
    }
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await admin.press('Upload PKI');
    await dialog.locator('input[type=file]').setInputFiles(der);
    await refusal('key.cer');
    assert.ok(await dialog.getByRole('button', { name: 'Upload', exact: true }).isDisabled());
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  test('the name of a PKI is typed before it is deleted with its CAs', async () => {
    const { page } = admin;
    await admin.go('/public-key-infrastructure', 'Public key infrastructure');
    await page.getByRole('button', { name: 'Delete Fjord PKI' }).click();
    const confirm = page.getByRole('alertdialog');
    const button = confirm.getByRole('button', { name: 'Delete', exact: true });
    assert.ok(await button.isDisabled());
    await confirm.getByLabel('Type "Fjord PKI" to confirm').fill('Fjord PKI');
    await button.click();
    await page.getByRole('link', { name: 'Fjord PKI' }).waitFor({ state: 'detached' });
  });

  test('the classic store takes a CA and gives it up', async () => {
    const { page } = admin;
    await admin.go('/certificate-authorities', 'Certificate authorities');
    await admin.press('Upload');
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=file]').setInputFiles(fjord());
    await dialog.getByText('fjord.pem').waitFor();
    await admin.tick(dialog.getByRole('radio', { name: 'Yes' }));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Fjord Root/ }).waitFor();
    assert.deepEqual(await admin.look('classic-store'), []);
    await page.getByRole('button', { name: /Delete .*Fjord Root/ }).click();
    const confirm = page.getByRole('alertdialog');
    await admin.tick(confirm.getByRole('checkbox'));
    await confirm.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('There is no certificate authority in the classic store').waitFor();
  });

  test('a rule is added by choosing, the effect is shown before it is saved', async () => {
    const { page } = admin;
    await admin.go('/authentication-methods', /Policies/);
    assert.deepEqual(await admin.look('authentication-methods'), []);
    for (const name of ['Hardware OATH tokens', 'QR code', 'Verified ID'])
      await page.getByRole('main').getByRole('button', { name, exact: true }).waitFor();
    await page.getByRole('link', { name: 'Certificate-based authentication' }).click();
    await admin.heading('Certificate-based authentication settings');
    assert.deepEqual(await admin.look('certificate-target'), []);
    await page.getByRole('tab', { name: 'Configure' }).click();
    assert.deepEqual(await admin.look('certificate-configure'), []);
    await admin.press('Add rule');
    const dialog = page.getByRole('dialog');
    const card = join(admin.server.folder, 'demo', 'cards', 'ana.pem');
    const [certificate] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(readFileSync(card, 'utf8'))!;
    writeFileSync(join(admin.server.folder, 'ana.cer'), certificate);
    await dialog.locator('input[type=file]').setInputFiles(join(admin.server.folder, 'ana.cer'));
    await dialog.getByText('Policy OIDs of the certificate').waitFor();
    assert.ok(await dialog.getByRole('checkbox', { name: 'Certificate issuer' }).isChecked());
    assert.ok(await dialog.getByRole('checkbox', { name: 'Policy OID' }).isChecked());
    assert.deepEqual(await admin.look('certificate-rule'), []);
    assert.ok(await dialog.getByRole('button', { name: 'Add', exact: true }).isDisabled());
    await admin.tick(dialog.getByRole('checkbox', { name: /^I acknowledge that this rule/ }));
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await admin.press('Review and save');
    const confirm = page.getByRole('alertdialog');
    await confirm
      .getByText(/would have a different result/)
      .first()
      .waitFor();
    const addedRow = confirm.getByRole('row', { name: /^Authentication binding rules/ });
    assert.match(
      (await addedRow.locator('ins').textContent()) ?? '',
      /Woodgrove.*1\.2\.3\.4.*Multifactor.*Low affinity/,
    );
    assert.deepEqual(await admin.look('certificate-review'), []);
    await confirm.getByText('Request to Microsoft Graph').click();
    await confirm.getByText(/^PATCH .*X509Certificate$/).waitFor();
    await confirm.getByText('"authenticationModeConfiguration"').waitFor();
    await confirm.getByRole('button', { name: 'Save', exact: true }).click();
    await confirm.waitFor({ state: 'detached' });
    await page.getByText('Certificate-based authentication saved').waitFor();
  });

  test('a key identifier that is written with colons has the name of its CA', async () => {
    const { page } = admin;
    const file = join(admin.server.folder, 'exempted.json');
    const exempt = async (items: readonly string[]) => {
      const { x509Certificate } = JSON.parse(await stateOfMethod()) as { readonly x509Certificate: object };
      const crlValidationConfiguration = {
        state: items.length > 0 ? 'enabled' : 'disabled',
        exemptedCertificateAuthoritiesSubjectKeyIdentifiers: items,
      };
      writeFileSync(file, JSON.stringify({ x509Certificate: { ...x509Certificate, crlValidationConfiguration } }));
      const { code, err } = await admin.server.cardea('policy', 'apply', file);
      assert.equal(code, 0, err);
      await page.reload(); // else it shows what it has read
    };
    const ana = new X509Certificate(readFileSync(join(admin.server.folder, 'ana.cer')));
    const { authorityKeyIdentifier } = orThrow(readCertificate(ana.raw));
    await exempt([
      hexOf(authorityKeyIdentifier)
        .toLowerCase()
        .replace(/..(?=.)/g, '$&:'),
    ]);
    await admin.open('/authentication-methods/certificate?tab=configure', 'Certificate-based authentication settings');
    const main = page.getByRole('main');
    const exempted = main.getByRole('list', { name: 'Exempted certificate authorities' });
    await exempted.getByRole('listitem').filter({ hasText: 'Woodgrove' }).waitFor();
    await exempt([]);
  });

  test('the review of a change has each value as it is and as it will be; an issuer is taken from a certificate', async () => {
    const { page } = admin;
    await admin.open('/authentication-methods/certificate?tab=configure', 'Certificate-based authentication settings');
    const main = page.getByRole('main');
    await main.getByRole('radiogroup', { name: 'Default authentication strength' }).getByText('Multifactor').click();
    await main.locator('label.checkbox', { hasText: 'Require CRL validation' }).click();
    await main.locator('input[type=file]').first().setInputFiles(join(admin.server.folder, 'ana.cer'));
    const exempted = main.getByRole('list', { name: 'Exempted certificate authorities' });
    await exempted.getByRole('listitem').filter({ hasText: 'Woodgrove' }).waitFor();
    await main.getByRole('checkbox', { name: 'Sign in without a user name' }).waitFor({ state: 'attached' });
    await main.locator('label.checkbox', { hasText: 'Sign in without a user name' }).click();
    await admin.press('Review and save');
    const confirm = page.getByRole('alertdialog');
    const values = async (setting: string) => {
      const cells = confirm.getByRole('row', { name: new RegExp(`^${setting}`) }).getByRole('cell');
      return (await cells.allTextContents()).map((text) => text.trim());
    };
    assert.deepEqual(await values('Default authentication strength'), [
      'Single-factor authentication',
      'Multifactor authentication',
    ]);
    const [before, after] = await values('Certificate authorities exempted');
    assert.equal(before, '—');
    assert.match(after ?? '', /Woodgrove/);
    assert.deepEqual(await admin.look('certificate-values'), []);
    await confirm.getByRole('button', { name: 'Cancel' }).click();
    await admin.press('Discard');
  });

  test('who comes second reads who changed it meanwhile', async () => {
    const { page } = admin;
    await admin.open('/authentication-methods/certificate?tab=configure', 'Certificate-based authentication settings');
    await page
      .getByRole('button', { name: /Move .* down/ })
      .first()
      .click();
    const second = await admin.page.context().newPage();
    await second.goto(`${admin.server.origin}/admin/authentication-methods/certificate?tab=configure`);
    await second.locator('label.switch', { hasText: 'Issuer hints' }).click();
    await second.getByRole('button', { name: 'Review and save' }).click();
    await second
      .getByText(/would have a different result/)
      .first()
      .waitFor();
    const save = second.getByRole('alertdialog').getByRole('button', { name: 'Save', exact: true });
    assert.ok(await save.isDisabled(), 'issuer hints need that TLS inspection leaves the host alone');
    await second.getByText(/is exempt from TLS inspection/).click();
    await save.click();
    await second.getByText('Certificate-based authentication saved').waitFor();
    await second.close();
    await admin.press('Review and save');
    await page
      .getByRole('alertdialog')
      .getByText(/ana@woodgrove.test changed it/)
      .first()
      .waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  });

  test('a certificate is blocked with a reason, and freed again', async () => {
    const { page } = admin;
    await admin.go('/blocked-certificates', 'Blocked certificates');
    assert.deepEqual(await admin.look('blocked-none'), []);
    await page.getByRole('main').getByRole('button', { name: 'Block a certificate' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=file]').setInputFiles(fjord());
    await dialog.getByText('fjord.pem').waitFor();
    await dialog.getByLabel('Reason').fill('Lost on a train');
    assert.deepEqual(await admin.look('blocked-new'), []);
    await dialog.getByRole('button', { name: 'Block', exact: true }).click();
    await page
      .getByRole('row', { name: /Fjord Root/ })
      .filter({ hasText: /Lost on a train.*ana@woodgrove\.test/ })
      .waitFor();
    assert.deepEqual(await admin.look('blocked'), []);
    await page.getByRole('button', { name: /^Unblock/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Unblock', exact: true }).click();
    await page.getByText('No certificate is blocked').waitFor();
  });

  test('how revocation is looked up beyond Entra is edited at a CA', async () => {
    const { page } = admin;
    await admin.go('/public-key-infrastructure', 'Public key infrastructure');
    await page.getByRole('main').getByRole('row').getByRole('link').first().click();
    const authority = page.getByRole('button', { name: /Issuing CA 2/ });
    await authority.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('Further CRL URLs').fill('http://mirror.woodgrove.test/issuing-2.crl');
    await dialog.getByLabel('Grace period after').fill('12');
    await dialog.getByLabel('OCSP responder URL').fill('http://ocsp.woodgrove.test/');
    await admin.tick(dialog.getByRole('radio', { name: /^Second/ }));
    assert.deepEqual(await admin.look('ca-revocation'), []);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Certificate authority saved').waitFor();
    await dialog.getByRole('button', { name: 'Edit' }).click();
    assert.equal(
      await dialog.getByLabel('Further CRL URLs').inputValue(),
      'http://mirror.woodgrove.test/issuing-2.crl',
    );
    assert.equal(await dialog.getByLabel('Grace period after').inputValue(), '12');
    await dialog.getByLabel('OCSP responder URL').fill('');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Edit' }).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  test('PKI health lists every CA, its lists and what is due', async () => {
    const { page } = admin;
    await admin.go('/pki-health', 'PKI health');
    assert.deepEqual(await admin.look('pki-health'), []);
    await page
      .getByRole('button', { name: /Woodgrove/ })
      .first()
      .click();
    await page.getByRole('dialog').getByText('Subject key identifier').waitFor();
    assert.deepEqual(await admin.look('pki-health-ca'), []);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('tab', { name: 'Expiry calendar' }).click();
    await page
      .getByText(/The certificate authority expires/)
      .first()
      .waitFor();
    await page
      .getByText(/^in \d+ days$/)
      .first()
      .waitFor();
    assert.deepEqual(await admin.look('pki-health-calendar'), []);
    await page.getByRole('main').getByRole('listitem').getByRole('button').first().click();
    await page.getByRole('dialog').getByText('Subject key identifier').waitFor();
    // What is to be done is said for these pages, not for the command line.
    assert.doesNotMatch((await page.getByRole('dialog').textContent()) ?? '', /`cardea/);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  });

  test('the calendar reads every page of the CAs, shows more when it is asked, and colors ends by how near they are', async () => {
    const { page } = admin;
    const health = /publicKeyInfrastructure\/health\?/;
    const day = 86_400_000;
    const ends = [-2.5, 3.5, 30.5, 100.5].map((days) => new Date(Date.now() + days * day).toISOString());
    // More CAs than a page of Graph or of the calendar holds, and with ends that no CA of the demo tenant has.
    await page.route(health, (route) => {
      const url = route.request().url();
      const isFirst = !url.includes('skiptoken');
      const value = Array.from({ length: 140 }, (_, i) => ({
        authorityId: `${isFirst ? 'first' : 'second'}-${i}`,
        displayName: `CA ${i}`,
        notAfter: ends[i % ends.length],
        crls: [],
      }));
      return route.fulfill({ json: { value, ...(isFirst && { '@odata.nextLink': `${url}&$skiptoken=second` }) } });
    });
    await admin.open('/pki-health?tab=calendar', 'PKI health');
    const main = page.getByRole('main');
    await main.getByText('200 of 280 shown').waitFor();
    const toneOf = (text: string) => main.locator('.calendar .badge', { hasText: text }).first().getAttribute('class');
    assert.equal(await toneOf('3 days ago'), 'badge badge-bad');
    assert.equal(await toneOf('in 3 days'), 'badge badge-bad');
    await admin.press('Show more');
    assert.equal(await toneOf('in 30 days'), 'badge badge-warning');
    assert.equal(await toneOf('in 100 days'), 'badge badge-neutral');
    assert.equal(await main.locator('.calendar li').count(), 280);
    await page.unroute(health);
  });

  test('the overview names how many CAs stop sign-ins', async () => {
    const { page, server } = admin;
    const [notBefore, notAfter] = [new Date('2020-01-01T00:00:00Z'), new Date('2021-01-01T00:00:00Z')];
    const file = join(server.folder, 'retired.pem');
    writeFileSync(file, pem('CERTIFICATE', Authority.root('CN=Retired CA', { notBefore, notAfter }).der));
    assert.equal((await server.cardea('ca', 'add', file, '--root')).code, 0);
    await admin.open('/', 'Overview');
    await page.getByText('1 certificate authority critical.').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'PKI health' }).click();
    await admin.heading('PKI health');
    await page
      .getByRole('row')
      .filter({ hasText: /Retired CA.*Critical/ })
      .waitFor();
  });

  test('who may only read sees that, and has nothing to press', async () => {
    const { server } = admin;
    assert.equal((await server.cardea('role', 'add', 'Global Reader', 'ben@woodgrove.test')).err, '');
    const reader = await AdminCenter.open('ben', server);
    try {
      await reader.signIn('ben@woodgrove.test', '/public-key-infrastructure');
      for (const [path, heading, command] of [
        ['/public-key-infrastructure', 'Public key infrastructure', 'Create PKI'],
        ['/certificate-authorities', 'Certificate authorities', 'Upload'],
        ['/authentication-methods/certificate?tab=configure', 'Certificate-based authentication settings', 'Add rule'],
        ['/authentication-methods?method=Fido2', /Policies/, 'Preview effect on sign-ins'],
      ] as const) {
        await reader.go(path, heading);
        await reader.page.getByText('Read-only.').first().waitFor();
        assert.equal(await reader.page.getByRole('button', { name: command, exact: true }).count(), 0, path);
        assert.deepEqual(await reader.look(`reader${path.replace(/[/?=]/g, '-')}`), []);
      }
      await reader.go('/pki-health', 'PKI health');
      assert.deepEqual(reader.complaints, []);
    } finally {
      await reader.close();
    }
  });

  test('a change that would lock out the last administrator is previewed, refused in words, and not made', async () => {
    const { page, server } = admin;
    assert.equal((await server.cardea('user', 'set', 'ana@woodgrove.test', '--no-password', '--force')).err, '');
    await admin.go('/authentication-methods/certificate', 'Certificate-based authentication settings');
    await page.locator('label.switch', { hasText: 'Enable' }).click();
    await admin.press('Review and save');
    const confirm = page.getByRole('alertdialog');
    await confirm.getByRole('rowheader', { name: 'ana@woodgrove.test' }).waitFor();
    await confirm.getByRole('button', { name: 'Save', exact: true }).click();
    const question = page.getByRole('alertdialog', { name: 'This change would lock out the last administrators' });
    await question.getByRole('listitem').filter({ hasText: 'ana@woodgrove.test' }).waitFor();
    assert.deepEqual(await admin.look('certificate-guard'), []);
    await question.getByRole('button', { name: 'Cancel' }).click();
    await confirm.getByText('This change would lock out the last administrators').waitFor();
    assert.match(await stateOfMethod(), /enabled/);
  });

  test('it is made anyway where the administrator types that it is', async () => {
    const { page } = admin;
    await page.getByRole('alertdialog').getByRole('button', { name: 'Save', exact: true }).click();
    const question = page.getByRole('alertdialog', { name: 'This change would lock out the last administrators' });
    const force = question.getByRole('button', { name: 'Make the change anyway' });
    assert.ok(await force.isDisabled());
    await question.getByLabel('Type "ana@woodgrove.test" to confirm').fill('ana@woodgrove.test');
    await force.click();
    await page.getByText('Certificate-based authentication saved').first().waitFor();
    assert.match(await stateOfMethod(), /disabled/);
  });

  test('no script fails, and nothing is blocked', () => assert.deepEqual(admin.complaints, []));
});
