import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { chromiumMissing, openPages, takePicture } from '../chromium.ts';
import { RunningServer } from '../server.ts';
import { apply, passFor, policyOf } from './conditional-access.ts';

const skip = chromiumMissing() ?? false;

/** A security key of Chromium's own (CDP WebAuthn), with a PIN that is always right, or that is never typed. */
async function plugIn(devtools: CDPSession, { verifies }: { readonly verifies: boolean }): Promise<string> {
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: verifies,
      automaticPresenceSimulation: true,
    },
  });
  return authenticatorId;
}

async function typeName(page: Page, name: string): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByRole('button', { name: 'Next' }).click();
}

test('a passkey is registered in Chromium, signs in alone and after a certificate, and not without its PIN', {
  skip,
}, async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const strong = {
    grantControls: { operator: 'OR', authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } },
  } as const;
  const card = join(server.folder, 'demo', 'cards', 'ben.p12');
  const browser = await openPages(server, card);
  t.after(() => browser.close());
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && complaints.push(message.text()));
  const devtools = await browser.context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const key = await plugIn(devtools, { verifies: true });

  // Registers with a Temporary Access Pass, as a new user does.
  const pass = await passFor(server, 'ben@woodgrove.test');
  await page.goto(`${server.origin}/security-info`);
  await typeName(page, 'ben@woodgrove.test');
  await page.getByRole('link', { name: 'Other ways to sign in' }).click();
  await page.getByRole('link', { name: 'Use a Temporary Access Pass' }).click();
  await takePicture(page, 'factor-1-pass');
  await page.getByLabel('Temporary Access Pass').fill(pass);
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await takePicture(page, 'factor-2-add-passkey');
  await page.getByLabel('Name').fill('Blue key');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Blue key').waitFor();
  await takePicture(page, 'factor-3-security-info');
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId: key });
  assert.equal(credentials.length, 1);
  assert.equal(credentials[0]!.isResidentCredential, true);
  assert.equal(credentials[0]!.rpId, 'localhost');

  // Alone, where policy wants what cannot be phished.
  await apply(server, { conditionalAccessPolicies: [policyOf('Phishing-resistant', strong)] });
  await browser.context.clearCookies();
  await page.goto(`${server.origin}/sample`);
  await typeName(page, 'ben@woodgrove.test');
  await page.getByRole('link', { name: 'Other ways to sign in' }).click();
  await page.getByRole('link', { name: 'Use a passkey' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('Signed in as').first().waitFor();
  assert.match((await page.locator('main').textContent()) ?? '', /fido/);

  // From the first page, where no name is typed: the passkey says whose it is.
  await browser.context.clearCookies();
  await page.goto(`${server.origin}/sample`);
  await page.getByRole('heading', { name: 'Sign-in options' }).waitFor();
  await page.getByRole('link', { name: 'Use a passkey' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('Signed in as ben@woodgrove.test').waitFor();

  // After a certificate of one factor: the page offers it by itself.
  await browser.context.clearCookies();
  await page.goto(`${server.origin}/sample`);
  await typeName(page, 'ben@woodgrove.test');
  await page.getByRole('link', { name: 'Use a certificate or smart card' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('Signed in as').first().waitFor();
  assert.match((await page.locator('main').textContent()) ?? '', /rsa[\s\S]*fido/);

  // Another person's name: the key answers, and no user is signed in.
  await browser.context.clearCookies();
  await page.goto(`${server.origin}/sample`);
  await typeName(page, 'cleo@woodgrove.test');
  await page.getByRole('link', { name: 'Other ways to sign in' }).click();
  await page.getByRole('link', { name: 'Use a passkey' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('could not be verified').waitFor();
  await takePicture(page, 'factor-4-passkey-refused');

  // Without its PIN the key does not answer: user verification is required.
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId: key, isUserVerified: false });
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('did not receive a response from a passkey').waitFor();
  assert.deepEqual(complaints, []);
});

test('the last Global Administrator keeps the passkey without which none could sign in, and reads why', {
  skip,
}, async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const card = join(server.folder, 'demo', 'cards', 'ana.p12');
  const browser = await openPages(server, card);
  t.after(() => browser.close());
  const page = await browser.context.newPage();
  const devtools = await browser.context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await plugIn(devtools, { verifies: true });
  const pass = await passFor(server, 'ana@woodgrove.test');
  await page.goto(`${server.origin}/security-info`);
  await typeName(page, 'ana@woodgrove.test');
  await page.getByRole('link', { name: 'Other ways to sign in' }).click();
  await page.getByRole('link', { name: 'Use a Temporary Access Pass' }).click();
  await page.getByLabel('Temporary Access Pass').fill(pass);
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await page.getByLabel('Name').fill('Blue key');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Blue key').waitFor();

  await apply(server, { x509Certificate: { state: 'disabled' } });
  await page.getByRole('link', { name: 'Remove Blue key' }).click();
  await page.getByRole('heading', { name: 'Remove Blue key?' }).waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('no administrator of your organization could sign in. Add another way').waitFor();
  await page.goto(`${server.origin}/security-info`);
  await page.getByText('Blue key').waitFor();
});
