import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ldapAddress } from '#core/crl/addresses/ldap-address.ts';
import { download } from '#crls/fetch/download.ts';
import { defaultDownloadPolicy } from '#crls/fetch/policy.ts';
import { freePort } from '../../free-port.ts';
import { testCa } from '../../pki/test-ca.ts';
import { until } from '../../until.ts';

const slapd = '/usr/sbin/slapd';
const skip = existsSync(slapd) ? false : 'OpenLDAP is not installed: apt-get install slapd';
const limits = { bytes: 1024 * 1024, seconds: 3 };

const response = (url: string, within = limits) =>
  download({
    url,
    limits: within,
    inBackground: false,
    policy: defaultDownloadPolicy,
    validators: undefined,
    signal: new AbortController().signal,
  });

describe('a CRL from a real OpenLDAP server', { skip }, () => {
  const list = testCa('LDAP Root').crl({
    number: 1n,
    entries: Array.from({ length: 2000 }, (_, n) => ({
      serial: BigInt(n + 1),
      revocationDate: new Date('2026-01-01T00:00:00Z'),
    })),
  });
  const folder = mkdtempSync(join(tmpdir(), 'cardea-ldap-'));
  const dn = 'cn=ca,dc=woodgrove,dc=test';
  let server: ChildProcess;
  let port = 0;

  before(async () => {
    port = await freePort();
    mkdirSync(join(folder, 'db'));
    writeFileSync(join(folder, 'slapd.conf'), configuration(folder));
    writeFileSync(join(folder, 'data.ldif'), entries(dn, list));
    const addition = spawnSync(
      '/usr/sbin/slapadd',
      ['-f', join(folder, 'slapd.conf'), '-l', join(folder, 'data.ldif')],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(addition.status, 0, addition.stderr);
    server = spawn(slapd, ['-f', join(folder, 'slapd.conf'), '-h', `ldap://127.0.0.1:${port}`, '-d', '0'], {
      stdio: 'ignore',
    });
    await until('slapd to answer', async () => (await response(`ldap://127.0.0.1:${port}/${dn}`)).kind === 'body');
  });
  after(() => {
    server?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is fetched byte for byte, with the attribute named or left out, and with blanks in the name encoded', async () => {
    for (const rest of [
      dn,
      `${dn}?certificateRevocationList;binary`,
      `${dn.replaceAll(',', ',%20')}?certificateRevocationList;binary?base?(objectClass=*)`,
    ]) {
      const answer = await response(`ldap://127.0.0.1:${port}/${rest}`);
      assert.equal(answer.kind, 'body', JSON.stringify(answer));
      const whole = answer.kind === 'body' ? Buffer.concat(answer.body.segments) : Buffer.alloc(0);
      assert.equal(Buffer.compare(whole, list), 0);
    }
  });

  const refusals = [
    { name: 'an entry that is not there', rest: 'cn=nobody,dc=woodgrove,dc=test', says: /result code 32/ },
    {
      name: 'an attribute that the entry does not have',
      rest: `${dn}?authorityRevocationList;binary`,
      says: /no such attribute/,
    },
    {
      name: 'a search of more than one entry',
      rest: `${dn}?certificateRevocationList;binary?sub`,
      says: /does not name one attribute of one entry/,
    },
  ];
  for (const { name, rest, says } of refusals) {
    test(`${name} is crlUnreachable and says so`, async () => {
      const answer = await response(`ldap://127.0.0.1:${port}/${rest}`);
      assert.equal(answer.kind === 'failed' && answer.because.code, 'crlUnreachable');
      assert.match(JSON.stringify(answer), says);
    });
  }

  test('one larger than the limit is crlTooLarge', async () => {
    const answer = await response(`ldap://127.0.0.1:${port}/${dn}`, { bytes: 1000, seconds: 3 });
    assert.equal(answer.kind === 'failed' && answer.because.code, 'crlTooLarge');
  });
});

describe('an LDAP server that means no good', () => {
  const rows = [
    { name: 'answers with a web page', bytes: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), code: 'crlUnreachable' },
    {
      name: 'announces four gigabytes and sends them',
      bytes: Buffer.alloc(4 * 1024 * 1024, 0x30),
      head: Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff),
      code: 'crlTooLarge',
    },
    { name: 'hangs up', bytes: Buffer.alloc(0), code: 'crlUnreachable', end: true },
    { name: 'says nothing', bytes: Buffer.alloc(0), code: 'crlDownloadSlow' },
    { name: 'uses an indefinite length', bytes: Buffer.of(0x30, 0x80, 0, 0), code: 'crlUnreachable' },
  ];
  for (const { name, bytes, head, code, end } of rows) {
    test(`that ${name} ends in ${code}`, async (t) => {
      const server: Server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => {
          if (head) socket.write(head);
          if (bytes.length > 0) socket.write(bytes);
          if (end) socket.end();
        });
      });
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      t.after(() => server.close());
      const { port } = server.address() as { port: number };
      const answer = await response(`ldap://127.0.0.1:${port}/cn=x`, { bytes: 1024 * 1024, seconds: 1 });
      assert.equal(answer.kind === 'failed' && answer.because.code, code, JSON.stringify(answer));
    });
  }
});

const addresses = [
  {
    url: 'ldap://h/cn=a',
    is: { secure: false, host: 'h', port: 389, dn: 'cn=a', attribute: 'certificateRevocationList;binary' },
  },
  {
    url: 'ldaps://[::1]:10636/cn=a%2Cb?x;binary??',
    is: { secure: true, host: '::1', port: 10636, dn: 'cn=a,b', attribute: 'x;binary' },
  },
  { url: 'ldap:///cn=a', is: undefined },
  { url: 'ldap://h/cn=%zz', is: undefined },
  { url: 'ldap://h/cn=a?x,y', is: undefined },
  { url: 'ldap://h/cn=a?x?base?(cn=b)', is: undefined },
];
for (const { url, is } of addresses) {
  test(`${url} ${is ? 'names one attribute of one entry' : 'is no address of a CRL'} (RFC 4516)`, () =>
    assert.deepEqual(ldapAddress(url), is));
}

const configuration = (folder: string): string => `include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/pid
database mdb
suffix "dc=woodgrove,dc=test"
directory ${folder}/db
`;

function entries(dn: string, list: Uint8Array): string {
  const base64 = Buffer.from(list).toString('base64');
  return `dn: dc=woodgrove,dc=test
objectClass: dcObject
objectClass: organization
dc: woodgrove
o: Woodgrove

dn: ${dn}
objectClass: cRLDistributionPoint
cn: ca
certificateRevocationList;binary:: ${base64}
`;
}
