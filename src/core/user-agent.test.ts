import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUserAgent } from './user-agent.ts';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const rows: readonly (readonly [text: string, operatingSystem: string, browser: string])[] = [
  [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/156.0.0.0 Safari/537.36`, 'Linux', 'Chrome 156'],
  [`Mozilla/5.0 (Windows NT 10.0) ${webKit} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`, 'Windows', 'Edge 156'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Linux', 'Firefox 150'],
  ['cardea', '', 'Cardea command line'],
  ['cardea-like', '', ''],
  ['', '', ''],
];
for (const [text, operatingSystem, browser] of rows)
  test(`"${text}" is ${browser === '' ? 'no known browser' : browser}`, () =>
    assert.deepEqual(readUserAgent(text), { operatingSystem, browser }));
