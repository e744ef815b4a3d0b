import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writePemCard } from '#pki/card-file/card-file.ts';
import { cardOf } from '#pki/demo/demo-files.ts';
import { RunningServer } from '../e2e/server.ts';
import { notRoot } from './cards/card-reader.ts';
import { issueUserCertificate } from './cards/cards.ts';
import { missing, screenPackages } from './packages.ts';
import { Person } from './person.ts';
import { Display } from './windows/display.ts';
import { openWebKitWindow } from './windows/webkit-window.ts';

const needs = ['webkit2gtk-driver', 'libwebkit2gtk-4.1-0', 'dbus', 'ca-certificates', ...screenPackages] as const;

test("a person signs in with WebKitGTK's MiniBrowser", { skip: missing(...needs) || notRoot() }, async (t) => {
  const server = await RunningServer.start();
  t.after(() => server.remove());
  const display = await Display.open();
  t.after(() => display.close());
  const card = join(server.folder, 'own-cards', 'ana.pem');
  mkdirSync(join(server.folder, 'own-cards'));
  const certificate = issueUserCertificate(server, 'Ana Ruiz', { upn: 'ana@woodgrove.test', days: 60 });
  writeFileSync(card, writePemCard(cardOf(certificate)), { mode: 0o600 });
  const browser = await openWebKitWindow(display, { tlsRoot: join(server.folder, 'tls', 'root.pem'), card });
  t.after(() => browser.close());
  const person = new Person(browser);

  await person.open(`${server.origin}/myapps`);
  await person.answer('username', 'ana@woodgrove.test');
  await person.click('Use a certificate or smart card');
  await browser.choose();
  assert.equal(await person.read('#who'), 'ana@woodgrove.test');
  await display.photograph('webkit-signed-in');
});
