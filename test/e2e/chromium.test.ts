import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromiumMissing, openChromium, takePicture } from './chromium.ts';
import { RunningServer } from './server.ts';

const skip = chromiumMissing() ?? false;

test('a person types a name in Chromium, clicks the link, shows a card and lands on My Apps', { skip }, async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const card = join(server.folder, 'demo', 'cards', 'ana.p12');
  const browser = await openChromium({ tlsRoot: join(server.folder, 'tls', 'root.pem'), card, port: server.port });
  t.after(() => browser.close());
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && complaints.push(message.text()));

  await page.goto(`${server.origin}/myapps`);
  await page.getByLabel('User name').fill('ana@woodgrove.test');
  await takePicture(page, '1-user-name');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Password').waitFor();
  await takePicture(page, '2-password');
  await page.getByRole('link', { name: 'Use a certificate or smart card' }).click();
  await page.locator('#who').waitFor();
  await takePicture(page, '3-my-apps');

  assert.equal(page.url(), `${server.origin}/myapps`);
  assert.equal(await page.locator('#who').textContent(), 'ana@woodgrove.test');
  assert.equal(await page.locator('#means').textContent(), 'a certificate');
  assert.equal(await page.locator('#strength').textContent(), 'Multifactor');

  await page.getByRole('link', { name: /Sample application/ }).click();
  await page.getByText('Signed in as ana@woodgrove.test').waitFor();
  await takePicture(page, '4-sample-application', { fullPage: true });

  await page.goto(`${server.origin}/myapps/sign-out`);
  await takePicture(page, '5-signed-out');
  await page.goto(`${server.origin}/myapps`);
  await page.getByLabel('User name').fill('ben@woodgrove.test');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('link', { name: 'Use a certificate or smart card' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByText('More details').click();
  await takePicture(page, '6-refused', { fullPage: true });
  assert.equal(await page.locator('#error-code').textContent(), 'AADSTS50034');
  const correlationId = (await page.locator('#correlation-id').textContent()) ?? '';
  const entries = await server.entries(correlationId);
  assert.equal(entries.at(-1)?.because.code, 'bindingMismatch', 'the page and the log tell of the same sign-in');
  const attempt = /^[0-9a-f]{12}\.certauth\.localhost$/;
  const first = new URL(page.url()).hostname;
  assert.match(first, attempt);
  await page.getByRole('link', { name: 'Use another certificate' }).click();
  await page.getByRole('alert').waitFor();
  const second = new URL(page.url()).hostname;
  assert.match(second, attempt);
  assert.notEqual(second, first, 'asked on a host this browser has never answered (PAGE-6)');
  await page.getByRole('link', { name: 'Other ways to sign in' }).click();
  await page.getByRole('link', { name: 'Use a certificate or smart card' }).waitFor(); // PAGE-5: still listed
  await page.getByRole('link', { name: 'Use your password' }).click();
  await page.getByLabel('Password').waitFor();
  assert.deepEqual(complaints, [], 'no page breaks its own Content-Security-Policy');
});
