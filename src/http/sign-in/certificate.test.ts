import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import { type LoginHost, openLoginHost } from '#test/signin/login-host.ts';
import { mayNameUser } from './certificate.ts';

const username = 'ana@woodgrove.test';
const asProgram = { 'sec-fetch-mode': 'cors' };

for (const { state, beyondEntra, may } of [
  { state: 'enabled', beyondEntra: { certificateMayNameUser: true }, may: true },
  { state: 'enabled', beyondEntra: undefined, may: false },
  { state: 'disabled', beyondEntra: { certificateMayNameUser: true }, may: false },
] as const)
  test(`a certificate ${may ? 'may' : 'may not'} name the user: ${state}, ${JSON.stringify(beyondEntra) ?? 'as in Entra'}`, () => {
    const options = beyondEntra === undefined ? {} : { beyondEntra };
    assert.equal(mayNameUser({ ...defaultX509CertificateConfiguration, state, ...options }), may);
  });

describe('to the host that asks for a certificate (FLOW-5)', () => {
  let host: LoginHost;
  before(async () => {
    host = await openLoginHost();
    await host.setCertificates('enabled');
  });
  after(() => host.end());
  const addressIn = (text: string): URL => new URL(/content="0; *url=([^"]+)"/i.exec(text)![1]!);

  test('a browser shows what to do, and goes to the certauth host of the tenant for this sign-in by itself', async () => {
    const signIn = await host.begin({ login_hint: username });
    const page = await signIn.get('/certificate');
    assert.deepEqual([page.status, page.heading], [200, 'Choose your certificate']);
    const address = addressIn(page.text);
    const { id } = (await signIn.flow())!;
    assert.equal(address.pathname, `/${host.tenant.id}/certauth/${id}`);
    assert.match(address.hostname, /^[\da-f]{12}\.certauth\.localhost$/, 'a name that no handshake has answered');
    for (const way of ['/methods', '/certificate']) assert.ok(page.text.includes(`href="${signIn.base}${way}"`), way);
  });

  test('another client is redirected there', async () => {
    const signIn = await host.begin({ login_hint: username });
    const page = await signIn.get('/certificate', asProgram);
    assert.deepEqual([page.status, new URL(page.location!).pathname.split('/')[2]], [303, 'certauth']);
  });

  test('that it was asked for is in the log, with the host (FLOW-6, LOG-1)', async () => {
    const signIn = await host.begin({ login_hint: username });
    const { location } = await signIn.get('/certificate', asProgram);
    const { correlationId } = (await signIn.flow())!;
    const [entry, ...furtherOnes] = await host.ports.signInLog.list({ top: 2, correlationId });
    assert.deepEqual([entry?.status, entry?.because.code, furtherOnes], ['interrupted', 'certificateRequested', []]);
    assert.deepEqual(entry?.because.evidence, { host: new URL(location!).host });
  });

  test('each request goes to a host of its own, so that the browser asks which certificate again (PAGE-6)', async () => {
    const signIn = await host.begin({ login_hint: username });
    const hosts = [await signIn.get('/certificate', asProgram), await signIn.get('/certificate', asProgram)];
    assert.equal(new Set(hosts.map(({ location }) => new URL(location!).host)).size, 2);
  });

  test('where the tenant names its CAs in the handshake, the host names the tenant (HINT-6)', async () => {
    await host.setCertificates('enabled', { issuerHintsConfiguration: { state: 'enabled' } });
    const signIn = await host.begin({ login_hint: username });
    const { location } = await signIn.get('/certificate', asProgram);
    assert.ok(new URL(location!).hostname.startsWith(`t${host.tenant.id}-`));
    await host.setCertificates('enabled');
  });

  test('the language of the application is in the address, because the other host does not have its request', async () => {
    const signIn = await host.begin({ login_hint: username, ui_locales: 'de' });
    const { location } = await signIn.get('/certificate', asProgram);
    assert.equal(new URL(location!).searchParams.get('mkt'), 'de');
    const plain = await (await host.begin({ login_hint: username })).get('/certificate', asProgram);
    assert.equal(new URL(plain.location!).search, '');
  });

  test('without a name there is no user to compare a certificate with, unless it may name the user', async () => {
    const signIn = await host.begin();
    assert.equal((await signIn.get('/certificate', asProgram)).location, '');
    await host.setCertificates('enabled', { beyondEntra: { certificateMayNameUser: true } });
    const page = await signIn.get('/certificate', asProgram);
    assert.equal(new URL(page.location!).pathname.split('/')[2], 'certauth');
    assert.ok(await signIn.flow(), 'the other host looks the sign-in up');
    await host.setCertificates('enabled');
  });

  test('no fault was met on the way', () => assert.deepEqual(host.faults, []));
});
