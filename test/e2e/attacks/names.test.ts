import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { testCa } from '../../pki/test-ca.ts';
import { Attempt } from '../attempt.ts';
import { RunningServer } from '../server.ts';

/** Names that look like another, in what people type and in what certificates say. */
describe('no user is taken for another by a name', () => {
  let server: RunningServer;
  const root = testCa('Names Root');
  before(async () => {
    server = await RunningServer.start();
    writeFileSync(join(server.folder, 'root.pem'), root.pem);
    const { code, err } = await server.cardea('ca', 'add', join(server.folder, 'root.pem'));
    assert.equal(code, 0, err);
  });
  after(() => server.remove());
  const end = async (username: string, card: { pem: string; privateKeyPem: string }) => {
    const sign = await server.signIn(username, { cert: card.pem, key: card.privateKeyPem });
    return sign.kind === 'signedIn' ? 'signed in' : sign.code;
  };

  const typedNames: readonly { readonly name: string; readonly username: string }[] = [
    { name: 'full-width letters', username: 'ａna@woodgrove.test' },
    { name: 'a full-width @', username: 'ana＠woodgrove.test' },
    { name: 'a ligature', username: 'ﬁona@woodgrove.test' },
    { name: 'NUL', username: 'ana@woodgrove.test\u0000@evil.test' },
    { name: 'NUL before the @', username: 'ana\u0000@woodgrove.test' },
    { name: 'a zero-width joiner', username: 'a\u200dna@woodgrove.test' },
    { name: 'a right-to-left override', username: '\u202eana@woodgrove.test' },
    { name: 'a soft hyphen', username: 'an\u00ada@woodgrove.test' },
    { name: 'a blank inside', username: 'a na@woodgrove.test' },
    { name: 'a second line', username: 'ana@woodgrove.test\nben@woodgrove.test' },
    { name: 'a trailing dot', username: 'ana@woodgrove.test.' },
    { name: 'a domain in other letters', username: 'ana@wооdgrove.test' },
    { name: 'two @', username: 'ana@evil.test@woodgrove.test' },
  ];
  for (const { name, username } of typedNames) {
    test(`typed: ${name} is no name here (AADSTS50034)`, async () => {
      const attempt = new Attempt(server, undefined);
      const page = await attempt.toUsername(username);
      assert.match(page.body, /AADSTS50034/);
      assert.doesNotMatch(page.body, /id="use-certificate"/);
    });
  }

  test('typed: Cyrillic letters are a name of their own, which no user has', async () => {
    const card = root.issueUserCertificate({ upn: 'ana@woodgrove.test', policies: ['1.2.3.4'] });
    assert.equal(await end('аna@woodgrove.test', card), 'AADSTS50034');
    assert.equal(await end('ana@woodgrove.test', card), 'signed in', 'and in Latin ones it is hers');
  });

  const cases: readonly { readonly name: string; readonly card: Parameters<typeof root.issueUserCertificate>[0] }[] = [
    { name: 'NUL after the name', card: { upn: 'ana@woodgrove.test\u0000.evil.test' } },
    { name: 'NUL before it', card: { upn: '\u0000ana@woodgrove.test' } },
    { name: 'a blank after it', card: { upn: 'ana@woodgrove.test ' } },
    { name: 'full-width letters', card: { upn: 'ａna@woodgrove.test' } },
    { name: 'Cyrillic letters', card: { upn: 'аna@woodgrove.test' } },
    { name: 'a trailing dot', card: { upn: 'ana@woodgrove.test.' } },
    { name: 'a subject that is her name and nothing else', card: { subject: 'CN=ana@woodgrove.test' } },
    { name: 'her name as a DNS name', card: { dns: ['ana@woodgrove.test'] } },
  ];
  for (const { name, card } of cases) {
    test(`shown: ${name} does not sign ana in`, async () => {
      const ending = await end('ana@woodgrove.test', root.issueUserCertificate({ ...card, policies: ['1.2.3.4'] }));
      assert.match(ending, /^AADSTS(1001003|50034|50017|500\d+)$/);
    });
  }

  test('a CA with the name of a trusted one, and its key identifier, is not trusted (AADSTS500176)', async () => {
    const twin = testCa('Names Root', { subjectKeyIdentifier: root.subjectKeyIdentifier });
    const card = twin.issueUserCertificate({ upn: 'ana@woodgrove.test', policies: ['1.2.3.4'] });
    const correlationId = crypto.randomUUID();
    const sign = await server.signIn(
      'ana@woodgrove.test',
      { cert: card.pem, key: card.privateKeyPem },
      { correlationId },
    );
    assert.equal(sign.kind, 'refused');
    const last = (await server.entries(correlationId)).at(-1);
    assert.ok(
      ['signatureWrong', 'issuerNotTrusted', 'rootNotReached'].includes(last!.because.code),
      last?.because.code,
    );
  });

  test('a trusted CA that sends its twin along in the handshake changes nothing', async () => {
    const twin = testCa('Names Root', { subjectKeyIdentifier: root.subjectKeyIdentifier });
    const card = twin.issueUserCertificate({ upn: 'ana@woodgrove.test', policies: ['1.2.3.4'] });
    assert.match(
      await end('ana@woodgrove.test', { pem: card.pem + twin.pem, privateKeyPem: card.privateKeyPem }),
      /^AADSTS5\d+$/,
    );
  });

  test('a card that issues cards is no CA', async () => {
    const card = root.issueUserCertificate({ upn: 'ben@woodgrove.test' });
    const forgery = root.issueUserCertificate({
      upn: 'ana@woodgrove.test',
      policies: ['1.2.3.4'],
      issuer: 'CN=ben',
      signWith: card.privateKey,
    });
    assert.match(
      await end('ana@woodgrove.test', { pem: forgery.pem + card.pem, privateKeyPem: forgery.privateKeyPem }),
      /^AADSTS5\d+$/,
    );
  });
});
