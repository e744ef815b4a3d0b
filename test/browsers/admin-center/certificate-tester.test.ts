import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readCardFile } from '#pki/card-file/card-file.ts';
import { demoPassword } from '#pki/demo/woodgrove.ts';
import { bundleOf } from '../../pki/bundle.ts';
import { AdminCenter, skip } from './harness.ts';

describe('the certificate tester (11.4)', { skip }, () => {
  let admin: AdminCenter;
  let folder: string;
  const requests: string[] = [];
  before(async () => {
    admin = await AdminCenter.open('ana');
    folder = mkdtempSync(join(tmpdir(), 'cardea-tester-'));
    admin.page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('evaluateCertificate'))
        requests.push(request.postData() ?? '');
    });
    await admin.signIn('ana@woodgrove.test', '/certificate-tester');
    await admin.heading('Certificate tester');
  });
  after(async () => {
    await admin?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const cardFile = (name: string) => join(admin.server.folder, 'demo', 'cards', `${name}.p12`);
  const certificate = (name: string) => {
    const file = join(folder, `${name}.cer`);
    writeFileSync(file, readCardFile(readFileSync(cardFile(name)), demoPassword).der);
    return file;
  };
  const choose = async (file: string) => {
    const chooser = admin.page.waitForEvent('filechooser');
    await admin.press('Browse');
    await (await chooser).setFiles(file);
  };
  const pick = async (legend: string, search: string, name: string) => {
    const group = admin.page.getByRole('group', { name: legend });
    await group.getByRole('searchbox').fill(search);
    await group.getByRole('button', { name: `Add ${name}` }).click();
  };

  test('a file with a private key is refused in the browser: nothing is sent', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keyFile = join(folder, 'key.pem');
    writeFileSync(keyFile, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    const der = join(folder, 'key.cer');
    writeFileSync(der, privateKey.export({ type: 'pkcs8', format: 'der' }));
    for (const file of [keyFile, der, cardFile('ana')]) {
      await choose(file);
      await admin.page.getByText('contains a private key').waitFor();
      assert.ok(await admin.page.getByRole('button', { name: 'Evaluate' }).isDisabled(), file);
    }
    assert.deepEqual(requests, []);
  });

  test('a PKCS #7 file is read in the browser', async () => {
    const file = join(folder, 'ana.p7b');
    const { raw } = new X509Certificate(
      readFileSync(join(admin.server.folder, 'demo', 'authorities', 'issuing-1.pem')),
    );
    writeFileSync(file, bundleOf(raw, readCardFile(readFileSync(cardFile('ana')), demoPassword).der));
    await choose(file);
    await admin.page.getByText('ana.p7b').waitFor();
    // The CA comes first in the file; the user's certificate is chosen anyway.
    const field = admin.page.getByRole('button', { name: /Certificate of the file/ });
    assert.match((await field.textContent()) ?? '', /Ana/);
    await field.click();
    assert.equal(await admin.page.getByRole('option').count(), 2);
    await admin.page.keyboard.press('Escape');
    assert.ok(await admin.page.getByText('contains no certificate').isHidden());
    assert.deepEqual(requests, []);
  });

  test('a certificate and a user: the answer, the chain, the steps, the bindings and the claims', async () => {
    const { page } = admin;
    await choose(certificate('ana'));
    await page.getByText('ana.cer').waitFor();
    await pick('User', 'ana', 'Ana Ruiz');
    await admin.press('Evaluate');
    await page.getByText('The sign-in would be granted.').waitFor();
    await page.getByText('CRL current').first().waitFor();
    assert.deepEqual(await admin.look('certificate-tester'), []);
    for (const [tab, text] of [
      ['Steps', 'Username binding'],
      ['Username bindings', 'Matched'],
      ['Conditional Access', /No policy was evaluated|Result/],
      ['Claims', 'preferred_username'],
      ['Extensions', 'subjectAltName'],
    ] as const) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      await page.getByRole('tabpanel').getByText(text).first().waitFor();
    }
    assert.equal(requests.length, 1);
  });

  test('a certificate of another user is refused, with the step and what to do', async () => {
    await choose(certificate('ben'));
    await admin.page.getByText('ben.cer').waitFor();
    await admin.press('Evaluate');
    await admin.page.getByText('The sign-in would be refused.').waitFor();
    assert.deepEqual(await admin.look('certificate-tester-refused'), []);
  });

  test('a sign-in of the log stands for its certificate', async () => {
    const { page } = admin;
    await admin.go('/certificate-tester?source=signIn', 'Certificate tester');
    await page.getByRole('searchbox', { name: 'Search sign-ins' }).fill('nobody@');
    await page.getByText('No sign-in matches').waitFor();
    await page.getByRole('searchbox', { name: 'Search sign-ins' }).fill('ana@woodgrove.test');
    await page
      .getByRole('grid', { name: 'Sign-ins' })
      .getByRole('button', { name: 'ana@woodgrove.test' })
      .first()
      .click();
    await page.getByText('Chosen: ana@woodgrove.test').waitFor();
    await admin.press('Evaluate');
    await page.getByRole('heading', { name: 'Result' }).or(page.getByText('is stored')).first().waitFor();
  });

  test('nothing is blocked by the content security policy, and no script fails', () => {
    assert.deepEqual(admin.complaints, []);
  });
});
