import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pem } from '#pki/build/certificate-builder.ts';
import { testCa } from '../../pki/test-ca.ts';
import { writeCard } from '../cards/cards.ts';
import { AdminCenter, skip } from './harness.ts';

const password = 'Seven-blue-kites-19';
const root = testCa('DC=test,DC=fjord,CN=Fjord Root');
const issuing = root.issueCa('DC=test,DC=fjord,CN=Fjord Issuing', { pathLength: 0 });
const policyOid = '1.3.6.1.4.1.99999.1';
const page = '/public-key-infrastructure';

/**
 * The configuration document of certificate-based authentication, steps 1 to 5, in a tenant that has nothing yet: "Configure
 * the certificate authorities with a PKI-based trust store", "Enable CBA for the tenant", "Configure authentication binding
 * policy", "Configure username binding policy", "Test your configuration".
 */
describe('certificate-based authentication is set up click by click', { skip }, () => {
  let admin: AdminCenter;
  before(async () => {
    admin = await AdminCenter.open('ana');
    const { server } = admin;
    const file = join(server.folder, 'password.txt');
    writeFileSync(file, `${password}\n`);
    const tenant = ['--tenant', 'fjord.test'];
    for (const words of [
      ['tenant', 'add', 'fjord.test', '--name', 'Fjord'],
      ['user', 'add', 'odin@fjord.test', '--name', 'Odin', '--password-file', file, ...tenant],
      ['role', 'add', 'Global Administrator', 'odin@fjord.test', ...tenant],
      ['user', 'add', 'freya@fjord.test', '--name', 'Freya', ...tenant],
    ])
      assert.equal((await server.cardea(...words)).code, 0, words.join(' '));
  });
  after(() => admin?.close());
  const dialog = () => admin.page.getByRole('dialog');
  /** The JSON of what the page is about, beside it. */
  const seeJson = async (text: string) => {
    await admin.press('View JSON');
    await dialog().getByText(text).first().waitFor();
    await dialog().getByRole('button', { name: 'Close' }).click();
    await dialog().waitFor({ state: 'detached' });
  };
  const review = async () => {
    await admin.press('Review and save');
    const confirm = admin.page.getByRole('alertdialog');
    await confirm.getByText('Request to Microsoft Graph').click();
    await confirm.getByText(/^PATCH .*X509Certificate$/).waitFor();
    await confirm
      .getByText(/would have a different result/)
      .first()
      .waitFor();
    for (const box of await confirm.getByRole('checkbox').all()) await admin.tick(box);
    await confirm.getByRole('button', { name: 'Save', exact: true }).click();
    await confirm.waitFor({ state: 'detached' });
    // A dialog gives the focus back after it has closed.
    await admin.settle();
  };

  test('the administrator of the tenant signs in with a password', async () => {
    await admin.page.goto(`${admin.server.origin}/admin${page}`);
    await admin.page.getByLabel('User name').fill('odin@fjord.test');
    await admin.page.getByRole('button', { name: 'Next' }).click();
    await admin.page.getByLabel('Password').fill(password);
    await admin.page.getByRole('button', { name: 'Sign in' }).click();
    await admin.heading('Public key infrastructure');
    await admin.page.getByRole('link', { name: /^Fjord/ }).waitFor();
  });

  test('step 1: configure the certificate authorities with a PKI-based trust store', async () => {
    await admin.press('Create PKI');
    await dialog().getByLabel('Display name').fill('Fjord PKI');
    await dialog().getByRole('button', { name: 'Create', exact: true }).click();
    await admin.page.getByRole('link', { name: 'Fjord PKI' }).click();
    await admin.heading('Fjord PKI');
    for (const [name, authority, isRoot] of [
      ['root', root, 'Yes'],
      ['issuing', issuing, 'No'],
    ] as const) {
      const file = join(admin.server.folder, `fjord-${name}.cer`);
      writeFileSync(file, pem('CERTIFICATE', authority.der));
      await admin.press('Add certificate authority');
      await dialog().locator('input[type=file]').setInputFiles(file);
      await dialog().getByText(`fjord-${name}.cer`).waitFor();
      await admin.tick(dialog().getByRole('radio', { name: isRoot }));
      await dialog().getByRole('button', { name: 'Save' }).click();
      await admin.page.getByRole('row', { name: new RegExp(`Fjord ${name}`, 'i') }).waitFor();
    }
    await seeJson('"certificateAuthorityType": "intermediate"');
  });

  test('step 2: enable certificate-based authentication for the tenant', async () => {
    await admin.page.getByRole('link', { name: 'Authentication methods', exact: true }).click();
    await admin.page.getByRole('link', { name: 'Certificate-based authentication' }).click();
    await admin.heading('Certificate-based authentication settings');
    await admin.page.locator('label.switch', { hasText: 'Enable' }).click();
    await admin.page.getByText('All users', { exact: true }).click();
    await review();
    await admin.page.getByText('Certificate-based authentication saved').first().waitFor();
    await seeJson('"state": "enabled"');
  });

  test('step 3: configure the authentication binding policy', async () => {
    await admin.page.getByRole('tab', { name: 'Configure' }).click();
    await admin.press('Add rule');
    await admin.tick(dialog().getByRole('checkbox', { name: 'Policy OID' }));
    await dialog().getByRole('textbox', { name: 'Policy OID' }).fill(policyOid);
    await admin.tick(dialog().getByRole('checkbox', { name: /^I acknowledge/ }));
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await admin.page.getByRole('row', { name: new RegExp(policyOid) }).waitFor();
    await review();
    await seeJson(`"policyOidIdentifier": "${policyOid}"`);
  });

  test('step 4: configure the username binding policy, by the keyboard', async () => {
    const first = admin.page.getByRole('button', { name: /^Move .* down$/ }).first();
    const name = (await first.getAttribute('aria-label'))!.replace(/^Move (.*) down$/, '$1');
    await first.focus();
    await admin.page.keyboard.press('Enter');
    await review();
    await admin.page.reload();
    await admin.page.getByRole('button', { name: `Move ${name} up` }).waitFor();
    assert.ok(await admin.page.getByRole('button', { name: `Move ${name} up` }).isEnabled());
    await seeJson('"certificateUserBindings"');
  });

  test('step 5: test your configuration', async (t) => {
    const { server } = admin;
    const card = issuing.issueUserCertificate({
      subject: 'DC=test,DC=fjord,CN=Freya',
      upn: 'freya@fjord.test',
      policies: [policyOid],
    });
    const user = await AdminCenter.open('freya', server, writeCard(server, card, 'freya'));
    t.after(() => user.close());
    await user.signIn('freya@fjord.test');
    await user.heading('Overview');
    await admin.page.getByRole('link', { name: 'Sign-in logs' }).click();
    await admin.heading('Sign-in logs');
    const entry = admin.page.getByRole('row').filter({ hasText: 'Freya' }).filter({ hasText: 'Success' }).first();
    await entry.getByRole('button').first().click();
    await dialog().getByText('Basic info').waitFor();
    await dialog().getByRole('button', { name: 'View JSON' }).click();
    const json = admin.page.getByRole('dialog', { name: 'As Microsoft Graph returns it' });
    await json.getByText('"userPrincipalName": "freya@fjord.test"').waitFor();
  });

  test('nothing is blocked by the content security policy, and no script failed', () =>
    assert.deepEqual(admin.complaints, []));
});
