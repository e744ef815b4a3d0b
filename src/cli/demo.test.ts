import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeWoodgrove } from '#pki/demo/woodgrove.ts';
import { introduceDemo } from './demo.ts';

const pki = makeWoodgrove({ at: new Date(), crlBaseUrl: 'http://127.0.0.1:8080' });

for (const [origin, words] of [
  ['https://localhost:8443', /--card \S+ana\.p12\n/],
  ['https://localhost:9443', /--card \S+ana\.p12 --url https:\/\/localhost:9443\n/],
] as const)
  test(`the command that signs in without a browser finds a server at ${origin}`, () => {
    assert.match(introduceDemo(pki, '/srv/cardea', origin), words);
  });
