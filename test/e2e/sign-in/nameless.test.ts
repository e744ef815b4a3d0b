import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { apply } from '../second-factor/conditional-access.ts';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';

const password = 'Correct horse battery 1';

describe('ways to sign in: without a name, and in which order', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    const file = join(server.folder, 'password.txt');
    writeFileSync(file, `${password}\n`);
    assert.equal((await server.cardea('user', 'set', 'ben@woodgrove.test', '--password-file', file)).code, 0);
  });
  after(() => server.remove());

  const waysOn = ({ page }: Sitting): readonly string[] =>
    [...page!.body.matchAll(/class="method" id="use-(\w+)"/g)].map(([, way]) => way!);
  const methodsOf = async (username: string, sitting = new Sitting(server)): Promise<Sitting> => {
    await sitting.open({ prompt: 'login' });
    await sitting.fill({ username });
    await sitting.goTo(`${sitting.base}/methods`);
    return sitting;
  };

  test('in a browser that does not know the person, the order is one for every name', async () => {
    const usual = ['certificate', 'passkey', 'password', 'pass'];
    for (const name of ['ana', 'ben', 'no-one-of-this-name'])
      assert.deepEqual(waysOn(await methodsOf(`${name}@woodgrove.test`)), usual, name);
  });

  test('in a browser that knows the person, what the person has comes first, and everything stays listed', async () => {
    const ben = new Sitting(server);
    await ben.open();
    await ben.withPassword('ben@woodgrove.test', password);
    assert.ok(ben.isSignedIn);
    await ben.open({ prompt: 'login' });
    await ben.fill({ username: 'ben@woodgrove.test' });
    await ben.follow('/methods');
    assert.deepEqual(waysOn(ben), ['password', 'certificate', 'passkey', 'pass']);
    const methodsOfAna = await methodsOf('ana@woodgrove.test', ben);
    assert.deepEqual(waysOn(methodsOfAna), ['certificate', 'passkey', 'password', 'pass'], 'it knows ben, not ana');
  });

  test('a certificate that may not name the user is not on the first page', async () => {
    const sitting = new Sitting(server);
    await sitting.open();
    assert.deepEqual(waysOn(sitting), ['passkey']);
  });

  test('a certificate signs in from the first page where it may name the user, whatever was typed before', async () => {
    const { x509Certificate } = JSON.parse((await server.cardea('policy', 'get')).out) as { x509Certificate: object };
    await apply(server, { x509Certificate: { ...x509Certificate, beyondEntra: { certificateMayNameUser: true } } });
    const sitting = new Sitting(server, server.card('ana'));
    await sitting.open();
    assert.deepEqual(waysOn(sitting), ['certificate', 'passkey']);
    await sitting.fill({ username: 'ben@woodgrove.test' });
    await sitting.goTo(`${sitting.base}?change=username`);
    await sitting.follow('/nameless/certificate');
    assert.ok(sitting.isSignedIn, sitting.page!.body);
    assert.equal((await sitting.claims()).id.preferred_username, 'ana@woodgrove.test');
  });

  test('a certificate of no account is refused as such, without advice for administrators', async () => {
    const sitting = new Sitting(server, server.card('ana'));
    await sitting.open();
    await sitting.fill({ username: 'ben@woodgrove.test' });
    await sitting.follow('/certificate');
    assert.match(sitting.page!.body, /This certificate doesn’t belong to this account/);
    assert.doesNotMatch(sitting.page!.body, /id="advice"|cardea user bind/);
    assert.equal(sitting.page!.body.match(/[0-9a-f-]{36}<\/dd>/g)?.length, 1, 'the correlation id stands there once');
  });
});
