import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SignInEnd } from '#cli/client/sign-in-client.ts';
import { multifactorPolicy } from '#pki/demo/woodgrove-people.ts';
import { checkout } from '../program.ts';
import { claimsOf, RunningServer, runCardea } from './server.ts';

/** Each demo card, who types which name with it, and how it must end: the code in the log, the number on the page. */
const cards = [
  { card: 'ana', amr: ['rsa', 'mfa'], because: 'accessGranted' },
  { card: 'ben', amr: ['rsa'], because: 'accessGranted' },
  { card: 'cleo', amr: ['rsa'], because: 'accessGranted' },
  { card: 'gus', amr: ['rsa'], because: 'accessGranted' },
  { card: 'dan', number: 'AADSTS1001003', because: 'bindingValueMissing' },
  { card: 'eve', number: 'AADSTS500171', because: 'certificateRevoked' },
  { card: 'eli', number: 'AADSTS500171', because: 'certificateRevoked' },
  { card: 'finn', number: 'AADSTS500172', because: 'certificateNotCurrent' },
  { card: 'stranger', as: 'ana', number: 'AADSTS500176', because: 'issuerNotTrusted' },
  { card: 'ben', as: 'ana', number: 'AADSTS50034', because: 'bindingMismatch' },
  { card: 'ana', as: 'nobody', number: 'AADSTS50034', because: 'accountUnknown' },
] as const;

describe('a whole sign-in over TLS', () => {
  let server: RunningServer;
  before(async () => {
    // Other tests start the built program: this one starts the checkout, as a newcomer does.
    server = await RunningServer.start({}, { program: checkout });
  });
  after(() => server.remove());

  for (const row of cards) {
    const person = 'as' in row ? row.as : row.card;
    const outcome = 'number' in row ? `is refused with ${row.number}` : `is signed in with amr ${row.amr.join(' ')}`;
    test(`the card ${row.card} under the name ${person} ${outcome} (FLOW-1…FLOW-11)`, async () => {
      const correlationId = crypto.randomUUID();
      const end = await server.signIn(`${person}@woodgrove.test`, server.card(row.card), { correlationId });
      const entries = await server.entries(correlationId);
      assert.deepEqual(
        entries.map(({ status }) => status),
        ['interrupted', 'number' in row ? 'failure' : 'success'],
        'LOG-1: one entry that a certificate was asked for, one for what came of it',
      );
      assert.equal(entries[1]?.because.code, row.because);
      if ('number' in row) assert.deepEqual(numberOf(end), row.number);
      else assertSignedIn(end, row.amr, `${person}@woodgrove.test`);
    });
  }

  test('without a certificate the answer is AADSTS50192 (W-8)', async () => {
    assert.equal(numberOf(await server.signIn('ana@woodgrove.test', undefined)), 'AADSTS50192');
  });

  test('GUID and domains of the tenant, and common, lead to the same sign-in as organizations', async () => {
    const id = await server.tenantId();
    for (const tenant of [id, 'woodgrove.test', 'woodgrove.local', 'common']) {
      const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { tenant });
      assertSignedIn(end, ['rsa', 'mfa'], 'ana@woodgrove.test');
    }
  });

  test('an unknown tenant is AADSTS90002', async () => {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { tenant: 'nowhere.test' });
    assert.equal(numberOf(end), 'AADSTS90002');
  });

  test('a name of an unknown domain, and a malformed name, are AADSTS50034 without a word of who exists', async () => {
    for (const name of ['ana@elsewhere.test', 'ana', 'ana@woodgrove.test.']) {
      const end = await server.signIn(name, server.card('ana'));
      assert.equal(end.kind, 'refused', name);
    }
  });

  test('a card of one tenant is unknown in another, whose own card works (many tenants)', async () => {
    const second = await secondTenant(server);
    const foreign = await server.signIn('ana@fabrikam.test', server.card('ana'));
    assert.equal(numberOf(foreign), 'AADSTS500176');
    assertSignedIn(await server.signIn('ana@fabrikam.test', second), ['rsa', 'mfa'], 'ana@fabrikam.test');
    assert.equal(numberOf(await server.signIn('ana@woodgrove.test', second)), 'AADSTS500176');
  });

  test('stopping and starting loses nothing: entries, keys, cards', async () => {
    const correlationId = crypto.randomUUID();
    await server.signIn('ana@woodgrove.test', server.card('ana'), { correlationId });
    const keys = await (await fetchJson(server, '/woodgrove.test/discovery/v2.0/keys')).keys;
    await server.stop();
    assert.equal((await server.entries(correlationId)).length, 2, 'readable without a server');
    await server.run();
    assert.equal((await server.entries(correlationId)).length, 2, 'readable through the server');
    assert.deepEqual(await (await fetchJson(server, '/woodgrove.test/discovery/v2.0/keys')).keys, keys);
    assertSignedIn(await server.signIn('ana@woodgrove.test', server.card('ana')), ['rsa', 'mfa'], 'ana@woodgrove.test');
  });

  test('cardea demo makes the same again elsewhere, and says so when it is there already', async () => {
    const elsewhere = ['--data', `${server.folder}/elsewhere`];
    const result = await runCardea(['demo', ...elsewhere]);
    assert.equal(result.code, 0, result.err);
    assert.match(result.out, /Demo cards .*elsewhere\/demo\/cards/);
    assert.match(result.out, /Without a browser: npx cardea sign-in --user ana@/);
    assert.match((await runCardea(['demo', ...elsewhere])).out, /already exists/);
    assert.match((await runCardea(['user', 'list', ...elsewhere])).out, /ana@woodgrove\.test/);
  });

  test('a second server on the same data folder is refused and says why', async () => {
    const { code, err } = await server.cardea('serve', '--port', '0', '--demo-crl-port', '0');
    assert.equal(code, 1);
    assert.match(err, /data folder .* is in use by another cardea process/);
  });

  test('the trace of a refused card can be had again for a sign-in that never happened', async () => {
    const { code, out } = await server.cardea(
      'explain',
      '--card',
      `${server.folder}/demo/cards/eve.pem`,
      '--user',
      'eve@woodgrove.test',
      '--json',
    );
    assert.equal(code, 3);
    const { trace } = JSON.parse(out) as { trace: { findings: { because: { code: string } }[] } };
    assert.equal(trace.findings.at(-1)?.because.code, 'certificateRevoked');
  });
});

function numberOf(end: SignInEnd): string {
  return end.kind === 'refused' ? (/AADSTS\d+/.exec(`${end.code} ${end.sentence}`)?.[0] ?? end.code) : end.kind;
}

function assertSignedIn(end: SignInEnd, amr: readonly string[], upn: string): void {
  assert.equal(end.kind, 'signedIn', JSON.stringify(end));
  if (end.kind !== 'signedIn') return;
  const { amr: body, preferred_username, tid, oid, ver } = claimsOf(end.tokens.id_token);
  assert.deepEqual({ amr: body, preferred_username, ver }, { amr, preferred_username: upn, ver: '2.0' });
  const clientInfo = JSON.parse(Buffer.from(String(end.tokens.client_info), 'base64url').toString());
  assert.deepEqual(clientInfo, { uid: oid, utid: tid });
}

/** Another tenant with a CA of its own, made by command line while the server runs; returns its card. */
async function secondTenant(server: RunningServer) {
  const { testCa } = await import('../pki/test-ca.ts');
  const { writeFileSync } = await import('node:fs');
  const root = testCa('Fabrikam Root');
  const certificate = root.issueUserCertificate({ upn: 'ana@fabrikam.test', policies: [multifactorPolicy] });
  const ca = `${server.folder}/fabrikam.pem`;
  const policy = `${server.folder}/fabrikam.json`;
  writeFileSync(ca, root.pem);
  const { out } = await server.cardea('policy', 'get', '--tenant', 'woodgrove.test');
  // Users and CAs of one tenant are not another's: the method's configuration alone is taken over.
  writeFileSync(policy, JSON.stringify({ x509Certificate: JSON.parse(out).x509Certificate }));
  const inTenant = ['--tenant', 'fabrikam.test'];
  for (const words of [
    ['tenant', 'add', 'fabrikam.test', '--name', 'Fabrikam'],
    ['ca', 'add', ca, ...inTenant],
    ['user', 'add', 'ana@fabrikam.test', ...inTenant],
    ['policy', 'apply', policy, ...inTenant],
  ]) {
    const { code, err } = await server.cardea(...words);
    assert.equal(code, 0, `${words.join(' ')}: ${err}`);
  }
  return { cert: certificate.pem, key: certificate.privateKeyPem };
}

async function fetchJson(server: RunningServer, path: string): Promise<Record<string, never>> {
  const { Browser } = await import('#cli/client/browser.ts');
  const page = await new Browser(undefined, server.trust).get(new URL(path, server.origin));
  return JSON.parse(page.body);
}
