import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { issuePass, makePass } from '#admin/directory/methods/temporary-access-pass.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { openSealing } from '#keys/sealing.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import { openStorage } from '#storage/storage.ts';
import type { PresentedFactor } from './factors/check-factor.ts';
import { signInWithFactor } from './with-factor.ts';

const at = new Date('2026-11-21T12:00:00Z');
const clock = { now: () => at };

/** The real ports, and a list of everything that was asked of them. */
function watched(ports: Ports): { readonly ports: Ports; readonly calls: string[] } {
  const request: string[] = [];
  const watch = (name: string, port: unknown): unknown =>
    typeof port !== 'object' || port === null || name === 'tenant'
      ? port
      : new Proxy(port, {
          get(target, method) {
            const existing = Reflect.get(target, method) as unknown;
            if (typeof existing !== 'function' || typeof method !== 'string') return existing;
            return (...words: unknown[]) => {
              request.push(`${name}.${method}`);
              return existing.apply(target, words) as unknown;
            };
          },
        });
  const items = Object.entries(ports).map(([name, port]) => [name, watch(name, port)] as const);
  return { ports: Object.fromEntries(items) as unknown as Ports, calls: request };
}

describe('a wrong first factor costs the same work for every name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-factor-'));
  let ports: Ports;
  let close: () => Promise<void>;
  before(async () => {
    const storage = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined));
    const tenant = {
      id: crypto.randomUUID(),
      displayName: 'Woodgrove',
      domains: [{ id: 'woodgrove.test', authenticationType: 'Managed', isVerified: true } as const],
    };
    await storage.tenants.add(tenant);
    const passwords = openPasswords();
    const crls = openCrlCache({ clock, bytes: storage.crlBytes });
    const stores = storage.forTenant(tenant.id);
    ports = { ...stores, tenant, clock, crls, ocsp: openOcspClient(), passwords, passkeys };
    for (const [name, accountEnabled] of [
      ['ana', true],
      ['ben', true],
      ['off', false],
    ] as const) {
      const user = {
        id: crypto.randomUUID(),
        userPrincipalName: `${name}@woodgrove.test`,
        onPremisesUserPrincipalName: undefined,
        displayName: name,
        mail: undefined,
        accountEnabled,
        certificateUserIds: [],
        signInSessionsValidFromDateTime: undefined,
        groupIds: [],
      };
      await stores.users.add(user, 'test');
      if (name === 'ana') await stores.browsers.remember(user.id, 'known', new Date(at.getTime() + 86_400_000));
      if (name === 'ben') continue; // has nothing but the account
      await stores.users.setPasswordHash(user.id, await passwords.hash('right'), 'test');
      orThrow(await issuePass(user.id, await makePass(passwords), { at, actor: 'test', ports: stores }));
    }
    close = async () => {
      await crls.close();
      await storage.close();
    };
  });
  after(async () => {
    await close();
    rmSync(folder, { recursive: true });
  });

  async function work(name: string, factor: PresentedFactor, ipAddress = '192.0.2.7', browser?: string) {
    const { ports: watching, calls } = watched(ports);
    const verdict = await signInWithFactor(
      {
        correlationId: crypto.randomUUID(),
        application: { appId: 'a', displayName: 'App' },
        resourceId: 'r',
        ipAddress,
        ...(browser === undefined ? {} : { browser }),
        userAgent: 'test',
        username: `${name}@woodgrove.test`,
        proofs: [],
        factor,
      },
      { ports: watching, at },
    );
    return { kind: verdict.kind, code: verdict.kind === 'granted' ? '' : verdict.because.code, calls };
  }

  const assertion = {
    id: 'credential',
    response: { clientDataJSON: Buffer.from('{"challenge":"x"}').toString('base64url') },
  };
  const factors: readonly PresentedFactor[] = [
    { kind: 'password', password: 'wrong' },
    { kind: 'temporaryAccessPass', pass: 'WRONG' },
    { kind: 'passkey', response: assertion, origin: 'https://localhost', boundTo: 'visit' },
  ];
  for (const factor of factors) {
    test(`a wrong ${factor.kind}: known, without one, disabled, unknown`, async () => {
      const ofKnownUser = await work('ana', factor);
      assert.equal(ofKnownUser.kind, 'refused');
      for (const name of ['ben', 'off', 'nobody']) assert.deepEqual(await work(name, factor), ofKnownUser, name);
    });
  }

  test('a passkey that fails without a typed name has the id of its user in the log, disabled or not', async () => {
    const admin = ports as unknown as AdminPorts;
    for (const name of ['ben', 'off']) {
      const { id: userId } = (await admin.users.find(`${name}@woodgrove.test`))!;
      const passkey = { id: crypto.randomUUID(), userId, displayName: 'Key', createdDateTime: at, credentialId: name };
      await admin.methods.add({ ...passkey, kind: 'fido2', publicKey: 'a2V5', aaguid: '', transports: [] }, 'test');
      const response = { ...assertion.response, userHandle: Buffer.from(userId).toString('base64url') };
      const factor = {
        kind: 'passkey',
        response: { id: name, response },
        origin: 'https://localhost',
        boundTo: 'x',
      } as const;
      const correlationId = crypto.randomUUID();
      const application = { appId: 'a', displayName: 'App' };
      const request = { correlationId, application, resourceId: 'r', ipAddress: '192.0.2.7', userAgent: 'test' };
      const verdict = await signInWithFactor({ ...request, username: '', proofs: [], factor }, { ports, at });
      assert.equal(verdict.kind, 'refused');
      assert.equal(verdict.user, undefined, 'the pages do not learn whose the passkey is');
      const [entry] = await ports.signInLog.list({ top: 1, correlationId });
      assert.equal(entry?.userId, userId, name);
    }
  });

  test('what is measured is there: a wrong password is hashed, counted and written down', async () => {
    const { calls } = await work('nobody', { kind: 'password', password: 'wrong for the first time' });
    for (const step of ['passwords.verify', 'attempts.change', 'signInLog.append'])
      assert.ok(calls.includes(step), step);
  });

  test('the right password of a disabled account is as wrong as any, after the same work', async () => {
    const right = { kind: 'password', password: 'right' } as const;
    assert.deepEqual(await work('off', right), await work('nobody', right));
    assert.equal((await work('ana', right)).kind, 'granted');
  });

  test('one wrong password again and again is hashed once, whatever the name, until the password is another one', async () => {
    const repeated = { kind: 'password', password: 'repeated' } as const;
    for (const name of ['ana', 'nobody']) {
      const hashed = [];
      for (let i = 0; i < 5; i++) {
        const { code, calls } = await work(name, repeated, '192.0.2.8');
        assert.equal(code, 'passwordWrong');
        hashed.push(calls.includes('passwords.verify'));
      }
      assert.deepEqual(hashed, [true, false, false, false, false], name);
    }
    const { id } = (await (ports as unknown as AdminPorts).users.find('ana@woodgrove.test'))!;
    const setPassword = async (password: string) =>
      (ports as unknown as AdminPorts).users.setPasswordHash(id, await ports.passwords.hash(password), 'test');
    await setPassword('repeated');
    assert.equal((await work('ana', repeated, '192.0.2.8')).kind, 'granted');
    await setPassword('right');
    assert.equal((await work('ana', repeated, '192.0.2.8')).code, 'passwordWrong');
  });

  test('one source that tries many names is refused; other sources and known browsers are not', async () => {
    const wrong = { kind: 'password', password: 'guess' } as const;
    const right = { kind: 'password', password: 'right' } as const;
    for (let i = 0; i < 100; i++)
      assert.equal((await work(`guess${i}`, wrong, `2001:db8:7::${i}`)).code, 'passwordWrong');
    assert.equal((await work('guess100', wrong, '2001:db8:7::ffff')).code, 'triesExhausted');
    assert.equal((await work('ana', right, '2001:db8:7::1')).code, 'triesExhausted');
    assert.equal((await work('ana', right, '2001:db8:7:1::1')).kind, 'granted');
    assert.equal((await work('ana', right, '2001:db8:7::1', 'known')).kind, 'granted');
  });
});
