import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeDemoTenant } from '#cli/demo.ts';
import { certificateKeyOf } from '#core/access/proof.ts';
import { ecdsaTwin } from '#core/x509/algorithms/ecdsa-twin.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { serveCrls } from '#http/demo-crl.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { crlFiles, makeWoodgrove, type Woodgrove } from '#pki/demo/woodgrove.ts';
import type { Ports } from '#ports/ports.ts';
import { noteCertificate } from '#signin/log/certificate-noted.ts';
import { writeSignInLog } from '#signin/log/write-sign-in-log.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '../../contract/databases.ts';
import { freePort } from '../../free-port.ts';

/** The sign-in as a function, on a real database and real CRLs, with a world that can fail and a clock that can lie. */
describe('one sign-in, asked directly', () => {
  const [sqlite] = databasesUnderTest();
  const clock = new TestClock();
  let pki: Woodgrove;
  let storage: Storage;
  let ports: Ports;
  let closing: (() => Promise<unknown>)[] = [];

  before(async () => {
    const port = await freePort();
    pki = makeWoodgrove({ at: clock.at, crlBaseUrl: `http://localhost:${port}` });
    const server = await serveCrls(port, (path) => crlFiles(pki).get(path));
    storage = await openAt(await sqlite!.place(), clock);
    const crls = openCrlCache({ clock, bytes: storage.crlBytes });
    const passwords = openPasswords();
    const adminOf = async (tenantId: string) => storage.forTenant(tenantId);
    await makeDemoTenant(pki, { tenants: storage.tenants, clock, firstParty: [], adminOf });
    const tenant = (await storage.tenants.find('woodgrove.test'))!;
    ports = { ...storage.forTenant(tenant.id), tenant, clock, crls, ocsp: openOcspClient(), passwords, passkeys };
    closing = [() => server.close(), () => crls.close(), () => storage.close()];
  });
  after(async () => {
    for (const close of closing) await close();
    sqlite!.end();
  });

  const request = (card: string, more: object = {}) => ({
    correlationId: crypto.randomUUID(),
    application: { appId: 'a', displayName: 'App' },
    resourceId: 'r',
    ipAddress: '127.0.0.1',
    userAgent: 'test',
    username: `${card}@woodgrove.test`,
    presented: { leaf: pki.cards.find(({ person }) => person.name === card)!.issued.der },
    host: 'certauth.localhost',
    proofs: [],
    ...more,
  });

  test('asking changes nothing: the same question gives the same account, and no entry', async () => {
    const question = request('ana');
    const [item, two] = [
      await signInWithCertificate(question, { ports, at: clock.at }),
      await signInWithCertificate(question, { ports, at: clock.at }),
    ];
    assert.equal(item.kind, 'granted');
    assert.deepEqual(item.trace, two.trace);
    assert.deepEqual(await storage.findSignIns(question.correlationId), []);
  });

  const times = [
    { name: 'before 1970', at: new Date(-1_000_000_000_000), code: 'certificateNotCurrent' },
    { name: 'before the common era', at: new Date(-8.64e15), code: 'certificateNotCurrent' },
    { name: 'at the end of time', at: new Date(8.64e15), code: 'certificateNotCurrent' },
    { name: 'that shows no time', at: new Date(Number.NaN), code: 'certificateNotCurrent' },
  ];
  for (const { name, at, code } of times) {
    test(`a clock ${name} refuses by its code, and never grants`, async () => {
      const verdict = await signInWithCertificate(request('ana'), { ports, at });
      assert.equal(verdict.kind === 'refused' && verdict.because.code, code);
    });
  }

  test('bytes that are no certificate are certificateUnreadable with the place', async () => {
    const verdict = await signInWithCertificate(
      request('ana', { presented: { leaf: Uint8Array.of(0x30, 0x82, 0xff) } }),
      { ports, at: clock.at },
    );
    assert.deepEqual(verdict.kind === 'refused' && verdict.because, {
      code: 'certificateUnreadable',
      evidence: { reading: 'certificate', offset: 0, problem: 'a length longer than the data' },
    });
  });

  test('a store that fails is a fault of ours: refused, naming the step, without its words', async () => {
    const broken = {
      ...ports,
      directory: { ...ports.directory, answer: () => Promise.reject(new Error('password=hunter2')) },
    };
    const verdict = await signInWithCertificate(request('ana'), { ports: broken, at: clock.at });
    assert.deepEqual(verdict.kind === 'refused' && verdict.because, {
      code: 'signInFault',
      evidence: { step: 'revocation' },
    });
    assert.ok(!JSON.stringify(verdict.trace).includes('hunter2'));
  });

  test('no grant without its entry: a log that cannot be written refuses', async () => {
    const question = request('ana');
    const grant = await signInWithCertificate(question, { ports, at: clock.at });
    const full = { ...ports.signInLog, append: () => Promise.reject(new Error('disk full')) };
    const verdict = await writeSignInLog(question, grant, { at: clock.at, ports: { ...ports, signInLog: full } });
    assert.equal(grant.kind, 'granted');
    assert.equal(verdict.kind === 'refused' && verdict.because.code, 'signInLogUnavailable');
  });

  for (const [name, card, more, code, userOf] of [
    ['a card of another person', 'kim', { username: 'ana@woodgrove.test' }, undefined, 'ana'],
    ['no certificate', 'ana', { presented: undefined }, 'certificateMissing', 'ana'],
    ['bytes that are no certificate', 'ana', { presented: { leaf: Uint8Array.of(1) } }, 'certificateUnreadable', 'ana'],
    ['a name of no user', 'ana', { username: 'unknown@woodgrove.test' }, 'accountUnknown', undefined],
    ['no name', 'ana', { username: '', presented: undefined }, 'certificateMissing', undefined],
  ] as const) {
    test(`the entry of a refusal names the person where there is one: ${name}`, async () => {
      const question = request(
        card === 'kim' ? pki.cards.find(({ person }) => person.name !== 'ana')!.person.name : card,
        more,
      );
      const verdict = await signInWithCertificate(question, { ports, at: clock.at });
      assert.equal(verdict.kind, 'refused');
      if (code) assert.equal(verdict.kind === 'refused' && verdict.because.code, code);
      await writeSignInLog(question, verdict, { at: clock.at, ports });
      const [entry] = await storage.findSignIns(question.correlationId);
      const [answer] = await ports.directory.answer([
        { property: 'userPrincipalName', value: `${userOf ?? 'unknown'}@woodgrove.test` },
      ]);
      assert.deepEqual(
        [entry?.userId, entry?.userDisplayName],
        [answer?.users[0]?.id, answer?.users[0]?.displayName ?? ''],
      );
      assert.equal(entry?.userId === undefined, userOf === undefined);
    });
  }

  test('a card is remembered as one certificate, however its ECDSA signature is written', async () => {
    const { issued } = pki.cards.find(({ person }) => person.name === 'ana')!;
    const [original, issuer] = [issued, issued.chain[0]!].map(({ der }) => readCertificate(der));
    assert.ok(original?.outcome === 'passed' && issuer?.outcome === 'passed');
    const leaves = [issued.der, ecdsaTwin(original.value, issuer.value)!];
    const keys = new Set<string | undefined>();
    for (const leaf of leaves) {
      const question = request('ana', { presented: { leaf } });
      const verdict = await signInWithCertificate(question, { ports, at: clock.at });
      assert.ok(verdict.kind === 'granted');
      await writeSignInLog(question, verdict, { at: clock.at, ports }, { isInteractive: true, presented: leaf });
      await noteCertificate(leaf, verdict.proofs, { ports, at: clock.at });
      await ports.sessions.add(crypto.randomUUID(), verdict.proofs, new Date(clock.at.getTime() + 60_000));
      keys.add(certificateKeyOf(verdict.proofs[0]!));
    }
    assert.deepEqual([...keys], [original.value.tbsSha256]);
    assert.equal((await ports.signInLog.tried({ since: new Date(0), top: 10 })).length, 1);
    assert.equal((await ports.live.certificates()).length, 1);
  });

  test('a CRL server that is down refuses with its number, and the trace names the address', async () => {
    const crls = openCrlCache({ clock });
    const nowhere = {
      ...ports,
      crls: {
        cached: crls.cached.bind(crls),
        fetch: (requests: Parameters<Ports['crls']['fetch']>[0], at: Date) =>
          crls.fetch(
            requests.map((request) => ({ ...request, baseUrl: 'http://127.0.0.1:1/x.crl' })),
            at,
          ),
      },
    };
    const verdict = await signInWithCertificate(request('ana'), { ports: nowhere, at: clock.at });
    await crls.close();
    assert.equal(verdict.kind, 'refused');
    assert.match(JSON.stringify(verdict.trace.findings.at(-1)), /127\.0\.0\.1:1/);
  });

  const steps = [
    { card: 'ana', steps: ['certificate', 'path', 'revocation', 'account', 'strength', 'user', 'access'] },
    { card: 'finn', steps: ['certificate', 'path'] },
    { card: 'eve', steps: ['certificate', 'path', 'revocation'] },
    { card: 'dan', steps: ['certificate', 'path', 'revocation', 'account', 'strength', 'user'] },
  ];
  for (const row of steps) {
    test(`the account of ${row.card} reaches ${row.steps.at(-1)} and skips nothing on the way`, async () => {
      const { trace } = await signInWithCertificate(request(row.card), { ports, at: clock.at });
      assert.deepEqual(
        trace.findings.map(({ step }) => step),
        row.steps,
      );
    });
  }

  test('ben with ana’s correct name is refused as if the account did not exist, the log says bindingMismatch', async () => {
    const verdict = await signInWithCertificate(request('ben', { username: 'ana@woodgrove.test' }), {
      ports,
      at: clock.at,
    });
    assert.equal(verdict.kind === 'refused' && verdict.because.code, 'bindingMismatch');
  });
});
