import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { brainpoolCurves } from '#core/x509/algorithms/algorithm-policy.ts';
import { testCa } from '../../pki/test-ca.ts';
import { RunningServer } from '../server.ts';

/** RFC 5639: German and health cards. */
describe('keys on brainpool curves', () => {
  const keyOn = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
  const root = testCa('Brainpool Root', { key: keyOn('brainpoolP384r1') });
  let server: RunningServer;
  const file = (name: string, content: string) => {
    writeFileSync(`${server.folder}/${name}`, content);
    return `${server.folder}/${name}`;
  };
  const accept = async (brainpoolCurves: boolean | null) => {
    const { out } = await server.cardea('policy', 'get', '--json');
    const { x509Certificate } = JSON.parse(out) as { x509Certificate: object };
    const document = { x509Certificate: { ...x509Certificate, beyondEntra: { brainpoolCurves } } };
    const { code, err } = await server.cardea(
      'policy',
      'apply',
      file('policy.json', JSON.stringify(document)),
      '--force',
    );
    assert.equal(code, 0, err);
  };
  const signIn = async (curve: string) => {
    const card = root.issueUserCertificate({ upn: 'ana@woodgrove.test', key: keyOn(curve) });
    const end = await server.signIn('ana@woodgrove.test', { cert: card.pem, key: card.privateKeyPem });
    return end.kind === 'signedIn' ? 'signed in' : end.code;
  };

  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());

  test('a CA with such a key is refused when it is uploaded, and says which setting accepts it', async () => {
    const { code, err } = await server.cardea('ca', 'add', file('root.pem', root.pem));
    assert.equal(code, 1);
    assert.match(err, /brainpoolP384r1/);
    assert.match(err, /brainpoolCurves/);
  });

  test('where the tenant accepts them, the CA is uploaded and its cards sign in, on each curve', async () => {
    await accept(true);
    const { code, err } = await server.cardea('ca', 'add', file('root.pem', root.pem));
    assert.equal(code, 0, err);
    for (const curve of brainpoolCurves) assert.equal(await signIn(curve), 'signed in', curve);
  });

  test('where it no longer does, they are refused', async () => {
    await accept(null);
    assert.equal(await signIn('brainpoolP256r1'), 'AADSTS50032');
  });
});
