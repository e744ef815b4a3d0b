import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { testCa } from '#test/pki/test-ca.ts';
import { RunningServer } from '../e2e/server.ts';

describe('cardea import adfs', () => {
  const root = testCa('CN=Fabrikam Root');
  const issuing = root.issueCa('CN=Fabrikam Issuing');
  const card = issuing.issueUserCertificate({ upn: 'ana@woodgrove.test' });
  let server: RunningServer;
  let file: string;
  before(async () => {
    server = await RunningServer.start();
    file = join(server.folder, 'adfs.txt');
    const line = ({ der }: { readonly der: Uint8Array }) => Buffer.from(der).toString('base64');
    const text = [
      'Cert Hash(sha1): 8f 43 28 8a d2 72 f3 10 3b 6f b1 42 84 85 ea 30 14 c0 bc fe',
      root.pem,
      line(issuing),
      line(card),
      'c:[Type == "http://schemas.microsoft.com/2012/12/certificatecontext/extension/subjectkeyidentifier"] => issue(claim = c);',
    ].join('\r\n');
    writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]));
  });
  after(() => server?.remove());

  const names = async () => (await server.cardea('ca', 'list')).out;

  test('a dry run shows the CAs and changes nothing', async () => {
    const { code, out, err } = await server.cardea('import', 'adfs', file, '--dry-run');
    assert.equal(code, 0, err);
    assert.match(out, /Fabrikam Root[\s\S]*Nothing was changed/);
    assert.doesNotMatch(await names(), /Fabrikam/);
  });

  test('CAs are added, a card is left out, and what is missing and the binding are named', async () => {
    const { code, out, err } = await server.cardea('import', 'adfs', file, '--json');
    assert.equal(code, 0, err);
    const results = (JSON.parse(out) as { result: string }[]).map(({ result }) => result);
    assert.deepEqual(results, ['added', 'added', 'leftOut']);
    assert.match(err, /8F43288AD272F3103B6FB1428485EA3014C0BCFE is named/);
    assert.match(err, /Binding 1: SubjectKeyIdentifier to certificateUserIds, affinity high/);
    assert.match(await names(), /Fabrikam Issuing/);
  });

  test('a file that would keep the server from its sign-ins is refused', async () => {
    writeFileSync(file, 'a\n'.repeat(2 * 1024 * 1024 + 1));
    const { code, err } = await server.cardea('import', 'adfs', file);
    assert.equal(code, 1);
    assert.match(err, /it has 4194306 bytes, and at most 4194304 are read/);
  });

  test('a file without anything of AD FS is refused', async () => {
    writeFileSync(file, 'nothing');
    const { code, err } = await server.cardea('import', 'adfs', file);
    assert.deepEqual([code, /no certificate, no thumbprint/.test(err)], [2, true], err);
  });
});
