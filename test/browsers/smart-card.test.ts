import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { RunningServer } from '../e2e/server.ts';
import { until } from '../until.ts';
import { CardReader, notRoot } from './cards/card-reader.ts';
import { issueUserCertificate } from './cards/cards.ts';
import { PivCard } from './cards/piv-card.ts';
import { makeSoftToken } from './cards/soft-token.ts';
import { missing, screenPackages } from './packages.ts';
import { Person } from './person.ts';
import { openChromiumWindow } from './windows/chromium-window.ts';
import { Display } from './windows/display.ts';
import { openFirefoxWindow } from './windows/firefox-window.ts';
import type { TokenModule } from './windows/nss.ts';

const browsers = [
  { name: 'Chromium', open: openChromiumWindow, needs: 'chromium' },
  { name: 'Firefox', open: openFirefoxWindow, needs: 'firefox-esr' },
] as const;
const pin = '123456';

/** A server whose Ana has an RSA card in `module`, and a browser that knows that module and no other certificate. */
async function sitDown(
  t: TestContext,
  server: RunningServer,
  open: (typeof browsers)[number]['open'],
  module: TokenModule,
) {
  const display = await Display.open();
  t.after(() => display.close());
  const browser = await open(display, { tlsRoot: join(server.folder, 'tls', 'root.pem'), cards: [], module });
  t.after(() => browser.close());
  const person = new Person(browser);
  const refusal = async (why: string) => {
    assert.equal(await person.read('#error-code'), 'AADSTS50192', why);
    const entries = await server.entries(await person.read('#correlation-id'));
    assert.equal(entries.at(-1)?.because.code, 'certificateMissing', why);
  };
  await person.open(`${server.origin}/myapps`);
  await person.answer('username', 'ana@woodgrove.test');
  await person.click('Use a certificate or smart card');
  return { display, browser, person, refusal };
}

/** One server for all tests: each issues a card of its own, and the server counts no wrong PIN. */
let runningServer: RunningServer | undefined;
const serverOfAll = async () => (runningServer ??= await RunningServer.start());
after(() => runningServer?.remove());

for (const { name, open, needs } of browsers) {
  const onScreen = [needs, ...screenPackages] as const;

  const skip = missing('pcscd', 'vsmartcard-vpcd', 'opensc-pkcs11', ...onScreen) || notRoot();
  test(`in ${name} a PIV card signs in: no card, no PIN, wrong PIN, right PIN`, { skip }, async (t) => {
    const server = await serverOfAll();
    const certificate = issueUserCertificate(server, 'Ana Ruiz', {
      upn: 'ana@woodgrove.test',
      days: 60,
      key: 'RSA-2048',
    });
    const reader = await CardReader.open();
    t.after(() => reader.close());
    const { display, browser, person, refusal } = await sitDown(t, server, open, reader.module);
    await refusal('the reader is empty');

    const card = new PivCard(certificate, pin);
    await reader.insert(card);
    // A browser looks for cards at times of its own: until it has seen this one, it has no certificate to send.
    await until('the browser to see the card', async () => {
      await person.click('Use another certificate');
      return browser.asksForPin();
    });
    await browser.cancelPin();
    await refusal('the question for the PIN was closed');
    assert.equal(card.tries, 3);

    await person.click('Use another certificate');
    await browser.enterPin('999999');
    await display.until('the card to count a wrong PIN', async () => card.tries === 2 || undefined);
    await browser.enterPin(pin);
    await browser.choose('Ana Ruiz');
    assert.equal(await person.read('#who'), 'ana@woodgrove.test');
    assert.equal(card.tries, 3);
  });

  test(`in ${name} a SoftHSM2 token signs in: no PIN, wrong PIN, right PIN`, {
    skip: missing('softhsm2', 'opensc', ...onScreen),
  }, async (t) => {
    const server = await serverOfAll();
    const certificate = issueUserCertificate(server, 'Ana Ruiz', { upn: 'ana@woodgrove.test', days: 60 });
    const token = makeSoftToken(certificate, pin);
    t.after(() => token.remove());
    const { browser, person, refusal } = await sitDown(t, server, open, token.module);
    await browser.cancelPin();
    await refusal('the question for the PIN was closed');

    await person.click('Use another certificate');
    await browser.enterPin('999999');
    await browser.enterPin(pin);
    await browser.choose('Ana Ruiz');
    assert.equal(await person.read('#who'), 'ana@woodgrove.test');
  });
}
