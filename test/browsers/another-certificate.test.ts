import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RunningServer } from '../e2e/server.ts';
import { issueUserCertificate, writeCard } from './cards/cards.ts';
import { missing, screenPackages } from './packages.ts';
import { type Browser, Person } from './person.ts';
import { openChromiumWindow } from './windows/chromium-window.ts';
import { Display } from './windows/display.ts';
import { openFirefoxWindow } from './windows/firefox-window.ts';

const browsers = [
  { name: 'Chromium', open: openChromiumWindow, needs: 'chromium' },
  { name: 'Firefox', open: openFirefoxWindow, needs: 'firefox-esr' },
] as const;

interface Seat {
  readonly server: RunningServer;
  readonly display: Display;
  readonly browser: Browser;
  readonly person: Person;
}

/** A server, and a browser that holds two people's certificates: the one that expires last is first in Chromium's picker. */
async function sitDown(t: TestContext, open: (typeof browsers)[number]['open']): Promise<Seat> {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const display = await Display.open();
  t.after(() => display.close());
  const ana = issueUserCertificate(server, 'Ana Ruiz', { upn: 'ana@woodgrove.test', days: 60 });
  const ben = issueUserCertificate(server, 'Ben Okafor', { upn: 'ben@woodgrove.test', days: 30 });
  const browser = await open(display, {
    tlsRoot: join(server.folder, 'tls', 'root.pem'),
    cards: [writeCard(server, ana, 'ana'), writeCard(server, ben, 'ben')],
    pickerOrder: ['Ana Ruiz', 'Ben Okafor'],
  });
  t.after(() => browser.close());
  return { server, display, browser, person: new Person(browser) };
}

for (const { name, open, needs } of browsers) {
  const skip = missing(needs, ...screenPackages);

  test(`in ${name} a wrong certificate, a closed picker and the right certificate, without closing the browser (PAGE-6, PAGE-11)`, {
    skip,
  }, async (t) => {
    const { server, display, browser, person } = await sitDown(t, open);
    const hosts: string[] = [];
    const refusal = async () => {
      const number = await person.read('#error-code');
      hosts.push((await person.url()).hostname);
      const entries = await server.entries(await person.read('#correlation-id'));
      return { number, code: entries.at(-1)?.because.code };
    };

    await person.open(`${server.origin}/myapps`);
    await person.answer('username', 'ana@woodgrove.test');
    await person.click('Use a certificate or smart card');
    await browser.choose('Ben Okafor');
    assert.deepEqual(await refusal(), { number: 'AADSTS50034', code: 'bindingMismatch' });

    await person.click('Use another certificate');
    await browser.chooseNone();
    assert.deepEqual(await refusal(), { number: 'AADSTS50192', code: 'certificateMissing' });
    await display.photograph(`${name}-picker-closed`);

    await person.click('Use another certificate');
    await browser.choose('Ana Ruiz');
    assert.equal(await person.read('#who'), 'ana@woodgrove.test');
    assert.equal((await person.url()).pathname, '/myapps');

    await person.click('Sign out');
    await person.click('Sign in again');
    await person.answer('username', 'ana@woodgrove.test');
    await browser.choose('Ben Okafor');
    assert.deepEqual(await refusal(), { number: 'AADSTS50034', code: 'bindingMismatch' });
    assert.equal(new Set(hosts).size, hosts.length, 'every attempt has a host of its own');

    await person.click('Other ways to sign in');
    assert.ok(await person.read('#use-certificate'), 'a user without a card at hand can choose another method');
  });
}
