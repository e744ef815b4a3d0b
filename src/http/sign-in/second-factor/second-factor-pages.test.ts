import assert from 'node:assert/strict';
import { test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import { chooseLanguage } from '#languages/choose.ts';
import { type FactorPage, factorPage, waitingPage } from './second-factor-pages.ts';
import type { Way } from './second-factor-ways.ts';

const language = chooseLanguage({ mkt: 'en', uiLocales: undefined, acceptLanguage: undefined });
const common = { brand: { displayName: 'Woodgrove' }, language, appDisplayName: 'Payroll', base: '/login/x' };
const ways: readonly Way[] = ['passkey', 'certificate', 'oneTimeCode', 'password', 'temporaryAccessPass', 'approval'];
const pageOf = (kind: Way, change: Partial<FactorPage> = {}) =>
  String(
    factorPage({
      ...{ ...common, kind, ways, isFirst: false, username: 'ana@woodgrove.test', passkeyOptions: undefined },
      ...change,
    }),
  );

for (const { kind, part } of [
  { kind: 'password', part: /action="\/login\/x\/factor\/password">.*name="password" type="password"/s },
  {
    kind: 'temporaryAccessPass',
    part: /action="\/login\/x\/factor\/temporaryAccessPass">.*name="pass" type="password"/s,
  },
  { kind: 'oneTimeCode', part: /action="\/login\/x\/factor\/oneTimeCode">.*autocomplete="one-time-code"/s },
  { kind: 'passkey', part: /action="\/login\/x\/factor\/passkey".*name="credential"/s },
  { kind: 'approval', part: /<form method="post" action="\/login\/x\/factor\/approval"/ },
  { kind: 'certificate', part: /<a class="button" id="certificate" href="\/login\/x\/certificate"/ },
] as const)
  test(`the page of ${kind} sends its answer to its own address, and offers every other way (PAGE-5)`, () => {
    const page = pageOf(kind);
    assert.match(page, part);
    const offers = [...page.matchAll(/<a class="method" href="([^"]*)"/g)].map(([, href]) => href);
    const furtherOnes = ways.filter((way) => way !== kind);
    assert.deepEqual(
      offers,
      furtherOnes.map((way) => (way === 'certificate' ? '/login/x/certificate' : `/login/x/factor/${way}`)),
    );
  });

test('where nothing else leads on, nothing is offered', () =>
  assert.ok(!pageOf('oneTimeCode', { ways: ['oneTimeCode'] }).includes('class="method"')));

test('a first factor says for which application it is and leads back to the other ones; a further one says why', () => {
  const first = pageOf('temporaryAccessPass', { isFirst: true, ways: [] });
  assert.match(first, /Payroll.*href="\/login\/x\?other=1"/s);
  const further = pageOf('temporaryAccessPass');
  assert.ok(!further.includes('Payroll') && !further.includes('?other=1'));
});

test('a passkey page has the options of this request, and works by script alone', () => {
  const page = pageOf('passkey', { passkeyOptions: '{"challenge":"<"}', username: '' });
  assert.match(page, /<script[^>]*passkey/);
  assert.ok(page.includes('&quot;challenge&quot;:&quot;&lt;&quot;'));
  assert.ok(!page.includes('class="who"'), 'no name was typed');
  assert.ok(!pageOf('oneTimeCode').includes('<script'));
});

test('a wrong code is said at once and belongs to its field', () => {
  const page = pageOf('oneTimeCode', { wrong: because('oneTimeCodeWrong', {}) });
  assert.match(page, /role="alert".*<a href="#enterAppCode">.*<input id="enterAppCode"[^>]* aria-invalid="true"/s);
});

test('who waits for an approval sees the number to type and the way back (MFA-11)', () => {
  const page = String(waitingPage({ ...common, username: 'ana@woodgrove.test', number: '42' }));
  assert.match(page, /id="number" dir="ltr">42</);
  assert.match(page, /href="\/login\/x\/factor"/);
});
