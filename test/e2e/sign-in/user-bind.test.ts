import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { RunningServer } from '../server.ts';

describe('binding a card that has no name of its own', () => {
  let server: RunningServer;
  let card = '';
  before(async () => {
    server = await RunningServer.start();
    card = `${server.folder}/demo/cards/dan.p12`;
  });
  after(() => server.remove());

  test('dan is refused until a binding by issuer and serial number is added, and then signs in (UB-7, §5.5)', async () => {
    const signIn = async () => (await server.signIn('dan@woodgrove.test', server.card('dan'))).kind;
    assert.equal(await signIn(), 'refused');
    const bound = await server.cardea(
      'user',
      'bind',
      'dan@woodgrove.test',
      '--card',
      card,
      '--as',
      'IssuerAndSerialNumber',
      '--json',
    );
    assert.equal(bound.code, 0, bound.err);
    assert.match(
      (JSON.parse(bound.out) as { value: string }).value,
      /^X509:<I>DC=test,DC=woodgrove,CN=Woodgrove Issuing CA 2<SR>[0-9a-f]+$/,
    );
    assert.equal(await signIn(), 'refused', 'the tenant has no such binding yet');
    await addBinding();
    assert.equal(await signIn(), 'signedIn');
  });

  test('a second bind of the same card adds nothing, and a dry run changes nothing', async () => {
    const words = ['user', 'bind', 'dan@woodgrove.test', '--card', card, '--json'];
    const { out } = await server.cardea(...words);
    const dry = await server.cardea(...words, '--as', 'SHA1PublicKey', '--dry-run');
    assert.match((JSON.parse(dry.out) as { value: string }).value, /^X509:<SHA1-PUKEY>[0-9A-F]{40}$/);
    const again = await server.cardea(...words);
    assert.deepEqual(JSON.parse(again.out), JSON.parse(out));
  });

  const refusals = [
    { words: ['user', 'bind', 'dan@woodgrove.test', '--as', 'PrincipalName'], says: /PrincipalName/ },
    { words: ['user', 'bind', 'dan@woodgrove.test', '--as', 'Colour'], says: /--as: "Colour" is not valid/ },
    {
      words: ['user', 'set', 'dan@woodgrove.test', '--certificate-user-id', 'x509:<PN>dan@mil'],
      says: /certificateUserIds/i,
    },
  ];
  for (const { words, says } of refusals) {
    test(`what cannot be bound is refused: ${words.slice(1).join(' ')}`, async () => {
      const { code, err } = await server.cardea(...words, ...(words[1] === 'bind' ? ['--card', card] : []));
      assert.ok(code === 1 || code === 2);
      assert.match(err, says);
    });
  }

  async function addBinding(): Promise<void> {
    const file = `${server.folder}/policy.json`;
    const policy = JSON.parse((await server.cardea('policy', 'get')).out) as {
      x509Certificate: { certificateUserBindings: object[] };
    };
    policy.x509Certificate.certificateUserBindings.push({
      x509CertificateField: 'IssuerAndSerialNumber',
      userProperty: 'certificateUserIds',
      priority: 9,
      trustAffinityLevel: 'high',
    });
    writeFileSync(file, JSON.stringify(policy));
    const { code, err } = await server.cardea('policy', 'apply', file);
    assert.equal(code, 0, `${err}${readFileSync(file, 'utf8')}`);
  }
});
