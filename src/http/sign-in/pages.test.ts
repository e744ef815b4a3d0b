import assert from 'node:assert/strict';
import { test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import { chooseLanguage } from '#languages/choose.ts';
import { elsewherePage, icons, methodList, passwordPage, purpose, usernamePage } from './pages.ts';

const language = chooseLanguage({ mkt: 'en', uiLocales: undefined, acceptLanguage: undefined });
const brand = { displayName: 'Woodgrove' };
const common = { brand, language, appDisplayName: 'Pay <roll>' };
const wrong = because('passwordWrong', { userPrincipalName: 'ana@woodgrove.test' });
const script = '"><script>alert(1)</script>';
const name = (change: object = {}) => String(usernamePage({ ...common, action: '/a', username: '', ...change }));
const password = (change: object = {}) =>
  String(passwordPage({ ...common, base: '/login/x', username: '', offersCertificate: true, ...change }));

test('a page says for which application it is, and nothing where that is not known', () => {
  assert.match(String(purpose(common)), /Pay &lt;roll&gt;/);
  assert.equal(purpose({ ...common, appDisplayName: undefined }), '');
});

test('nothing that was typed becomes markup', () => {
  for (const page of [name({ username: script }), password({ username: script })]) {
    assert.ok(!page.includes('<script>'));
    assert.ok(page.includes('&lt;script&gt;'));
  }
});

test('a problem is said at once, names the field, and is in the title that is read first', () => {
  for (const page of [name({ wrong }), password({ wrong })]) {
    assert.match(page, /role="alert" id="wrong" data-code="AADSTS50126"/);
    assert.match(page, /<input id="(username|password)"[^>]* aria-describedby="wrong" aria-invalid="true"/);
    assert.notEqual(/<title>([^<]*)/.exec(page)?.[1], /<title>([^<]*)/.exec(name())?.[1]);
  }
  assert.ok(!name().includes('role="alert"') && !name().includes('aria-invalid'));
});

test('the name can be canceled, and ways without a name are offered, where there are any', () => {
  assert.ok(!name().includes('cancel') && !name().includes('class="methods"'));
  assert.match(name({ cancel: '/c' }), /<form id="cancel" method="post" action="\/c">/);
  const nameless = [{ id: 'use-passkey', href: '/p', label: 'Passkey', icon: icons.key }];
  assert.match(name({ nameless }), /id="use-passkey" href="\/p"/);
  assert.ok(!name({ nameless: [] }).includes('class="methods"'));
});

test('the empty field shows what the tenant wants there', () => {
  assert.match(name(), /placeholder="someone@example\.com"/);
  assert.match(name({ brand: { ...brand, usernameHint: 'Badge number' } }), /placeholder="Badge number"/);
  assert.match(name({ brand: { ...brand, signInText: 'Ask <IT>' } }), /Ask &lt;IT&gt;/);
});

test('the password page leads to a certificate where the tenant has it, and always to other ways (FLOW-3, PAGE-5)', () => {
  assert.match(password(), /id="use-certificate" href="\/login\/x\/certificate"/);
  const without = password({ offersCertificate: false });
  assert.ok(!without.includes('use-certificate'));
  assert.match(without, /id="other-ways" href="\/login\/x\/methods"/);
  assert.match(without, /href="\/login\/x\?change=username"/);
});

test('the form of the password has the name in a field for password managers, and never the password', () => {
  const page = password({ username: 'ana@woodgrove.test', wrong });
  assert.match(page, /name="username" autocomplete="username" value="ana@woodgrove\.test"/);
  assert.ok(!/name="password"[^>]* value=/.test(page));
});

test('the way to another organization goes by itself, and by a link where a browser does not (REALM-1)', () => {
  const page = String(elsewherePage({ brand, language, address: 'https://idp.test/?a=1&b=2' }));
  assert.match(page, /http-equiv="refresh" content="[^"]*https:\/\/idp\.test\/\?a=1&amp;b=2"/);
  assert.match(page, /id="elsewhere" href="https:\/\/idp\.test\/\?a=1&amp;b=2"/);
});

test('a way has a hint where there is one', () => {
  const way = { id: 'w', href: '/w', label: 'Way', icon: icons.card };
  assert.ok(!String(methodList([way])).includes('<small>'));
  assert.match(String(methodList([{ ...way, hint: 'Insert it' }])), /Way<small>Insert it<\/small>/);
});
