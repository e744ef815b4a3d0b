import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { pem } from '../build/certificate-builder.ts';
import { readCardFile } from '../card-file/card-file.ts';
import { readDemoFiles, writeDemoFiles } from './demo-files.ts';
import { openWoodgrove, woodgroveState } from './demo-state.ts';
import { crlFiles, crlsDue, demoPassword, makeWoodgrove, publishCrls, type Woodgrove } from './woodgrove.ts';
import { demoPeople } from './woodgrove-people.ts';

const at = new Date('2026-06-15T12:00:00Z');
const day = 24 * 60 * 60 * 1000;
const later = (days: number): Date => new Date(at.getTime() + days * day);
const pki = makeWoodgrove({ at, crlBaseUrl: 'http://localhost:8080' });
const folder = mkdtempSync(join(tmpdir(), 'cardea-demo-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** OpenSSL's word on a demo card, with complete and delta CRLs. */
function verify(world: Woodgrove, name: string, when: Date): string {
  const { issued } = world.cards.find(({ person }) => person.name === name)!;
  const { root, ...issuing } = world.authorities;
  const files = {
    'root.pem': root.pem,
    'issuing.pem': Object.values(issuing)
      .map((ca) => ca.pem)
      .join(''),
    'crls.pem': [...crlFiles(world).values()].map((crl) => pem('X509 CRL', crl)).join(''),
    'card.pem': issued.pem,
  };
  return withFiles(files, (inside) => {
    const trust = ['-CAfile', 'root.pem', '-untrusted', 'issuing.pem', '-CRLfile', 'crls.pem'];
    const checks = ['-x509_strict', '-crl_check_all', '-use_deltas', '-extended_crl', '-purpose', 'sslclient'];
    return run(inside, 'openssl', 'verify', '-attime', `${when.getTime() / 1000}`, ...trust, ...checks, 'card.pem')
      .text;
  });
}

const verdicts = [
  ['ana', /OK/],
  ['ben', /OK/],
  ['cleo', /OK/],
  ['dan', /OK/],
  ['eve', /certificate revoked/],
  ['eli', /certificate revoked/],
  ['finn', /certificate has expired/],
  ['gus', /OK/],
  ['stranger', /unable to get local issuer certificate/],
] as const;
for (const [name, verdict] of verdicts)
  test(`OpenSSL says of ${name}'s card: ${verdict.source}`, needs('openssl'), () => {
    assert.match(verify(pki, name, at), verdict);
    assert.match(verify(publishCrls(pki, later(100)), name, later(100)), verdict);
  });

test('every person of the demo is covered above', () => {
  assert.deepEqual(verdicts.map(([name]) => name).sort(), demoPeople.map(({ name }) => name).sort());
});

test("eli's card is revoked on the delta only", needs('openssl'), () => {
  const withoutDeltas = pki.publication.crls.map((crls) => ({ ...crls, delta: crls.base }));
  const world = { ...pki, publication: { ...pki.publication, crls: withoutDeltas } };
  assert.match(verify(world, 'eli', at), /OK/);
});

test('there is a complete and a delta CRL for each authority', () => {
  assert.deepEqual(
    [...crlFiles(pki).keys()],
    ['root', 'issuing-1', 'issuing-2'].flatMap((name) => [`/crl/${name}.crl`, `/crl/${name}-delta.crl`]),
  );
});

test('each publication has higher CRL numbers than all before it', () => {
  const numbers = [pki, publishCrls(pki, later(1)), publishCrls(publishCrls(pki, later(1)), later(2))];
  assert.deepEqual(
    numbers.map(({ publication }) => publication.number),
    [1n, 3n, 5n],
  );
});

test('new CRLs are due after three days, and when the clock is set back', () => {
  assert.deepEqual(
    [0, 2.9, 3, -1].map((days) => crlsDue(pki, later(days))),
    [false, false, true, true],
  );
});

test('everyone with an account has a user; ids are unique', () => {
  assert.deepEqual(
    pki.users.map((user) => user.userPrincipalName),
    ['ana', 'ben', 'cleo', 'dan', 'eve', 'eli', 'finn', 'gus'].map((name) => `${name}@woodgrove.test`),
  );
  assert.equal(new Set(pki.users.map(({ id }) => id)).size, pki.users.length);
});

test('state as JSON opens to the same PKI, which continues publishing', () => {
  const again = openWoodgrove(JSON.parse(JSON.stringify(woodgroveState(pki))));
  assert.deepEqual(woodgroveState(again), woodgroveState(pki));
  assert.deepEqual(again.users, pki.users);
  assert.equal(publishCrls(again, later(5)).publication.number, 3n);
});

test('the files of the demo are cards in both forms, for their owner only', () => {
  const { cards } = writeDemoFiles(folder, pki);
  for (const { person, issued } of pki.cards)
    for (const kind of ['p12', 'pem']) {
      const path = join(cards, `${person.name}.${kind}`);
      const card = readCardFile(readFileSync(path), demoPassword);
      assert.deepEqual(Buffer.from(card.der), Buffer.from(issued.der));
      assert.equal(card.chain.length, person.name === 'stranger' ? 0 : 1);
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }
  assert.equal(statSync(join(folder, 'woodgrove.json')).mode & 0o777, 0o600);
});

test('writing again changes no card, repairs a broken one, and leaves nothing half-written', () => {
  const { cards } = writeDemoFiles(folder, pki);
  const before = readFileSync(join(cards, 'ana.p12'));
  writeFileSync(join(cards, 'ben.p12'), before.subarray(0, 99));
  writeDemoFiles(folder, pki);
  assert.deepEqual(readFileSync(join(cards, 'ana.p12')), before);
  assert.doesNotThrow(() => readCardFile(readFileSync(join(cards, 'ben.p12')), demoPassword));
  assert.deepEqual(
    readdirSync(cards).filter((name) => name.endsWith('.new')),
    [],
  );
});

test('what was written is read back; an empty folder has nothing; a broken state says so', () => {
  writeDemoFiles(folder, pki);
  assert.deepEqual(woodgroveState(readDemoFiles(folder)!), woodgroveState(pki));
  assert.equal(readDemoFiles(join(folder, 'nothing')), undefined);
  const broken = mkdtempSync(join(folder, 'broken-'));
  writeFileSync(join(broken, 'woodgrove.json'), '{');
  assert.throws(() => readDemoFiles(broken), {
    because: { code: 'demoFilesUnreadable', evidence: { file: join(broken, 'woodgrove.json') } },
  });
});

test('a folder that cannot be written to is named', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  assert.throws(
    () => writeDemoFiles(file, pki),
    (thrown) => thrown instanceof CardeaError && thrown.because.code === 'demoFolderNotWritable',
  );
});
