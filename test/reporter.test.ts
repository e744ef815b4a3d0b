import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { skips } from './reporter.ts';

describe('skips are listed by what is missing', () => {
  const openssl = 'openssl is not installed (Debian: apt-get install openssl)';
  const screen = 'not installed: apt-get install xvfb openbox';
  const cases = [
    { name: 'nothing was skipped', reasons: [], text: '' },
    { name: 'one reason', reasons: ['no reason given'], text: 'skipped: 1 × no reason given\n' },
    {
      name: 'the reason of most tests comes first, and one command installs everything',
      reasons: [screen, openssl, openssl],
      text: `skipped: 2 × ${openssl}\nskipped: 1 × ${screen}\nAll of them: apt-get install openbox openssl xvfb\n`,
    },
  ];
  for (const { name, reasons, text } of cases)
    test(name, () => assert.equal(skips({ skipped: reasons.map((why) => ({ name: 'a test', why })) }), text));
});
