import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { applicationsOf } from '#admin/account/applications.ts';
import { certificatesOf } from '#admin/account/certificates.ts';
import { devicesOf } from '#admin/account/devices.ts';
import { changePasswordAsUser } from '#admin/account/password.ts';
import { endSessionOf, sessionsOf } from '#admin/account/sessions.ts';
import { recentSignInsOf, reportNotMe } from '#admin/account/sign-ins.ts';
import type { GuardPorts } from '#admin/safety/guard.ts';
import type { Proof } from '#core/access/proof.ts';
import { sessionIdOf } from '#core/token/session-id.ts';
import { because } from '#core/trace/reasons.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { Application } from '#model/application.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Storage } from '#storage/storage.ts';
import { emptyFolder, openAt, TestClock } from '../contract/databases.ts';
import { testCa } from '../pki/test-ca.ts';

const clock = new TestClock();
const day = 86_400_000;
const tenant = {
  id: crypto.randomUUID(),
  displayName: 'Woodgrove',
  domains: [{ id: 'woodgrove.test', authenticationType: 'Managed', isVerified: true } as const],
};
const userCalled = (name: string) => ({
  id: crypto.randomUUID(),
  userPrincipalName: `${name}@woodgrove.test`,
  onPremisesUserPrincipalName: undefined,
  displayName: name,
  mail: undefined,
  accountEnabled: true,
  certificateUserIds: [],
  signInSessionsValidFromDateTime: undefined,
  groupIds: [],
});
const [ana, ben] = [userCalled('ana'), userCalled('ben')];
const card = testCa('Account Root').issueUserCertificate({ upn: ana.userPrincipalName });
const password = 'Correct horse 1';

describe('what users see and change of their own account', () => {
  let storage: Storage;
  let ports: GuardPorts;
  let close: () => Promise<void>;
  before(async () => {
    storage = await openAt({ kind: 'sqlite', folder: emptyFolder() }, clock);
    await storage.tenants.add(tenant);
    const crls = openCrlCache({ clock, bytes: storage.crlBytes });
    const stores = storage.forTenant(tenant.id);
    const keys = { passwords: openPasswords(), passkeys };
    ports = { ...stores, tenant, clock, crls, ocsp: openOcspClient(), ...keys, tenants: storage.tenants };
    for (const user of [ana, ben]) await stores.users.add(user, 'test');
    await stores.users.setPasswordHash(ana.id, await keys.passwords.hash(password), 'test');
    close = async () => {
      await crls.close();
      await storage.close();
    };
  });
  after(() => close());
  beforeEach(() => clock.pass(60_000));

  const proofAt = (at: Date, method: Proof['method'] = 'password'): Proof => ({
    method,
    userId: ana.id,
    at: at.toISOString(),
  });
  const entry = async (more: Partial<SignInRecord> = {}): Promise<SignInRecord> => {
    const at = clock.now();
    const why = because('accessGranted', { applied: [], multiFactor: false } as never);
    const record: SignInRecord = {
      ...{ id: crypto.randomUUID(), correlationId: crypto.randomUUID(), createdDateTime: at, status: 'success' },
      ...{ because: why, userId: ana.id, userPrincipalName: ana.userPrincipalName, userDisplayName: 'ana' },
      ...{ appId: 'app', appDisplayName: 'App', resourceId: 'app', ipAddress: '192.0.2.1', userAgent: 'Firefox/150' },
      ...{ isInteractive: true, proofs: [], ...more },
      trace: { version: 1, correlationId: 'c', at: at.toISOString(), policyVersion: '1', findings: [], ...more.trace },
    };
    await ports.signInLog.append(record);
    return record;
  };

  test('a live session names what it proved, where it was used last, and its applications', async () => {
    const uid = 'session-one';
    await ports.sessions.add(uid, [proofAt(clock.now())], new Date(clock.now().getTime() + day));
    await entry({ sessionId: sessionIdOf(uid), appDisplayName: 'Payroll', appId: 'payroll' });
    const [session, ...rest] = await sessionsOf(ana.id, ports);
    assert.deepEqual(rest, []);
    assert.equal(session?.id, sessionIdOf(uid));
    assert.deepEqual(session?.methods, ['password']);
    assert.deepEqual([session?.ipAddress, session?.userAgent], ['192.0.2.1', 'Firefox/150']);
    assert.deepEqual(session?.applications, [{ appId: 'payroll', displayName: 'Payroll' }]);
    assert.equal(session?.lastUsedDateTime.toISOString(), clock.now().toISOString());
  });

  test('a session ends by its public id for its own user alone, and the audit log says so', async () => {
    const uid = 'session-two';
    await ports.sessions.add(uid, [proofAt(clock.now())], new Date(clock.now().getTime() + day));
    const id = sessionIdOf(uid);
    assert.equal(await endSessionOf(ben.id, id, { actor: 'test', ports }), undefined);
    assert.equal(
      await endSessionOf(ana.id, uid, { actor: 'test', ports }),
      undefined,
      'the provider’s id is not taken',
    );
    assert.ok(await endSessionOf(ana.id, id, { actor: 'test', ports }));
    assert.ok(!(await sessionsOf(ana.id, ports)).some((session) => session.id === id));
    const [row] = await ports.audits.list({ top: 1 });
    assert.deepEqual([row?.activity, row?.targetId], ['End session', ana.id]);
  });

  test('a certificate that was accepted is listed with issuer, expiry and binding; one that was refused is not', async () => {
    const { value } = (await import('#core/x509/certificate.ts')).readCertificate(card.der) as never as {
      value: { sha256Thumbprint: string; tbsSha256: string };
    };
    const bound = { userPrincipalName: ana.userPrincipalName, field: 'PrincipalName', property: 'userPrincipalName' };
    const binding = because('userBound', { ...bound, rank: 1, value: ana.userPrincipalName });
    const facts = { subject: 'CN=ana', issuer: 'CN=Account Root', serialNumber: '01', sha1Thumbprint: 'AA' };
    const append = async (findings: SignInRecord['trace']['findings'], proofs: readonly Proof[]) => {
      const trace = { version: 1, correlationId: 'c', at: '', policyVersion: '1', findings } as const;
      const record = { ...(await entry()), id: crypto.randomUUID(), proofs, trace, createdDateTime: clock.now() };
      await ports.signInLog.append(record, { tbsSha256: value.tbsSha256, der: card.der });
    };
    await append([], []);
    assert.deepEqual(await certificatesOf(ana.id, { ports, at: clock.now() }), []);
    const { tbsSha256, sha256Thumbprint } = value;
    const otherThumbprints = { tbsSha256: '00'.repeat(32), sha256Thumbprint: '00'.repeat(32) };
    // Two uses, the second with a rewritten signature, and one of another certificate.
    for (const hashes of [{ sha256Thumbprint }, { tbsSha256, sha256Thumbprint: '11'.repeat(32) }, otherThumbprints]) {
      clock.pass(1000);
      const certificate = { ...facts, ...hashes, policyOids: [], notAfter: '' };
      const proof = { ...proofAt(clock.now(), 'x509CertificateMultiFactor'), certificate };
      await append(
        [{ step: 'user', outcome: 'passed', because: binding }],
        [{ ...proof, certificate: { ...certificate, issuerSubjectKeyIdentifier: undefined } }],
      );
    }
    const [certificateSeen] = await certificatesOf(ana.id, { ports, at: clock.now() });
    assert.deepEqual(certificateSeen?.binding, { field: 'PrincipalName', property: 'userPrincipalName', rank: 1 });
    assert.deepEqual([certificateSeen?.strength, certificateSeen?.count], ['multiFactor', 2]);
    assert.ok(certificateSeen && certificateSeen.firstUsed < certificateSeen.lastUsed);
    assert.deepEqual(await certificatesOf(ben.id, { ports, at: clock.now() }), []);
  });

  test('a reported sign-in ends every session; a sign-in of another user cannot be reported', async () => {
    await ports.sessions.add('session-three', [proofAt(clock.now())], new Date(clock.now().getTime() + day));
    const { id } = await entry({ ipAddress: '198.51.100.7' });
    const foreign = await reportNotMe(id, ben.id, { ports, actor: 'test', at: clock.now() });
    assert.deepEqual([foreign.outcome, foreign.because.code], ['refused', 'signInNotTheirs']);
    assert.ok((await sessionsOf(ana.id, ports)).length > 0);
    const report = await reportNotMe(id, ana.id, { ports, actor: 'test', at: clock.now() });
    assert.equal(report.outcome, 'passed');
    assert.deepEqual(await sessionsOf(ana.id, ports), []);
    const rows = await ports.audits.list({ top: 5, activities: ['User reported suspicious sign-in'] });
    assert.match(JSON.stringify(rows[0]?.newValue), /198\.51\.100\.7/);
  });

  test('the recent sign-ins are the interactive ones of thirty days', async () => {
    const silent = await entry({ isInteractive: false });
    const newest = await entry();
    const list = await recentSignInsOf(ana.id, { top: 50 }, { ports, at: clock.now() });
    assert.equal(list[0]?.id, newest.id);
    assert.ok(!list.some(({ id }) => id === silent.id));
    const later = new Date(clock.now().getTime() + 31 * day);
    assert.deepEqual(await recentSignInsOf(ana.id, { top: 50 }, { ports, at: later }), []);
  });

  test('of a sign-in with a result, what led to it is left out; one without a result is listed', async () => {
    const correlationId = crypto.randomUUID();
    const begun = await entry({ status: 'interrupted', correlationId });
    const second = await entry({ status: 'interrupted', correlationId });
    const end = await entry({ correlationId });
    const another = await entry({ status: 'interrupted', correlationId, ipAddress: '203.0.113.9' });
    const left = await entry({ status: 'interrupted' });
    const context = { ports, at: clock.now() };
    const ids = (await recentSignInsOf(ana.id, { top: 50 }, context)).map(({ id }) => id);
    assert.deepEqual(
      [begun, second, end, another, left].map(({ id }) => ids.includes(id)),
      [false, false, true, true, true],
    );
    const first = await recentSignInsOf(ana.id, { top: 3 }, context);
    const next = await recentSignInsOf(ana.id, { top: 50, after: first.at(-1)! }, context);
    assert.deepEqual(
      [...first, ...next].map(({ id }) => id),
      ids,
    );
  });

  const changes: readonly { name: string; current: string; next: string; expect: string }[] = [
    { name: 'a wrong current password', current: 'not this', next: 'Another horse 2', expect: 'currentPasswordWrong' },
    { name: 'the same password again', current: password, next: password, expect: 'passwordUnchanged' },
    { name: 'a weak password', current: password, next: 'weak', expect: 'passwordTooWeak' },
    { name: 'a good one', current: password, next: 'Another horse 2', expect: 'passwordChanged' },
    { name: 'the old one afterwards', current: password, next: 'Third horse 33', expect: 'currentPasswordWrong' },
  ];
  for (const { name, current, next, expect } of changes)
    test(`changing the password: ${name}`, async () => {
      const request = { user: ana, current, next, ipAddress: '192.0.2.9' };
      const ruling = await changePasswordAsUser(request, { ports, actor: 'test', at: clock.now() });
      assert.equal(ruling.because.code, expect);
      assert.equal(ruling.outcome, expect === 'passwordChanged' ? 'passed' : 'refused');
    });

  test('guesses of the current password are counted, and end in a lock', async () => {
    const codes: string[] = [];
    for (let guess = 0; guess < 12; guess++) {
      const request = { user: ana, next: 'Fourth horse 4', ipAddress: '192.0.2.10' };
      const ruling = await changePasswordAsUser(
        { ...request, current: `guess ${guess}` },
        { ports, actor: 'test', at: clock.now() },
      );
      codes.push(ruling.because.code);
    }
    assert.equal(codes.at(-1), 'triesExhausted');
  });

  test('the devices of a user: the registered ones first, then those signed in on', async () => {
    const add = async (displayName: string, relation: 'owner' | 'user') => {
      const id = crypto.randomUUID();
      const note = { activity: 'Add device', actor: 'test' };
      await ports.objects.add({ kind: 'devices', id, owner: undefined, document: { displayName } }, note);
      await ports.devices.index.relate(id, relation, ana.id);
    };
    await add('Shared computer', 'user');
    await add('Own computer', 'owner');
    assert.deepEqual(
      (await devicesOf(ana.id, ports)).map(({ device, isOwner }) => [device.displayName, isOwner]),
      [
        ['Own computer', true],
        ['Shared computer', false],
      ],
    );
    assert.deepEqual(await devicesOf(ben.id, ports), []);
  });

  test('My Apps: homepages in order, with collections and last use; hidden ones and those without homepage are not there', async () => {
    const application = (appId: string, displayName: string, more: Partial<Application>): Application => ({
      ...{ appId, displayName, redirectUris: [], postLogoutRedirectUris: [], isPublicClient: true, secretHashes: [] },
      ...{ identifierUris: [], roles: [], homepage: `https://${appId}.test/`, ...more },
    });
    const service = { servicePrincipal: { tags: ['Collection: Money'] } };
    for (const item of [
      application('payroll', 'Payroll', { profile: { tags: ['Collection:People', 'other'], ...service } }),
      application('wiki', 'A wiki', {}),
      application('hidden', 'Hidden', { profile: { tags: ['HideApp'] } }),
      application('daemon', 'Daemon', { homepage: undefined }),
      application('sample', 'Sample', {}),
    ])
      await ports.applications.put(item);
    await entry({ appId: 'wiki', status: 'failure', because: because('passwordWrong', { userPrincipalName: 'ana' }) });
    const list = await applicationsOf(ana.id, { without: new Set(['sample']) }, { ports, at: clock.now() });
    assert.deepEqual(
      list.map(({ displayName, collections }) => [displayName, collections]),
      [
        ['A wiki', []],
        ['Payroll', ['Money', 'People']],
      ],
    );
    assert.equal(list[0]?.lastUsedDateTime, undefined, 'a refused sign-in is no use');
    assert.ok(list[1]?.lastUsedDateTime);
  });
});
