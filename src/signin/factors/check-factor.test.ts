import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { totpAt, totpSeconds } from '#core/factors/totp.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { Ports } from '#ports/ports.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { checkFactor, type PresentedFactor } from './check-factor.ts';

const secret = new Uint8Array(20).fill(7);
const passwords = openPasswords();

describe('what a user shows proves a factor', () => {
  let woodgrove: OneTenant;
  let [ana, ben] = [userOf(''), userOf('')];
  let hash: string;
  before(async () => {
    woodgrove = await openTenant();
    hash = await passwords.hash('a long password');
  });
  after(() => woodgrove.end());
  beforeEach(async () => {
    const { ports, clock } = woodgrove;
    const id = crypto.randomUUID();
    [ana, ben] = [userOf(`ana${id}@woodgrove.test`), userOf(`ben${id}@woodgrove.test`)];
    for (const user of [ana, ben]) await ports.users.add(user, 'test');
    await ports.users.setPasswordHash(ana.id, hash, 'test');
    const method = { userId: ana.id, displayName: 'App', createdDateTime: clock.at } as const;
    await ports.methods.add(
      { ...method, id: crypto.randomUUID(), kind: 'softwareOath', secret: Buffer.from(secret).toString('base64url') },
      'test',
    );
  });

  const check = async (factor: PresentedFactor, user: User | undefined, proofs: readonly Proof[] = []) => {
    const ports = { ...woodgrove.ports, passwords } as unknown as Ports;
    const of = { username: ana.userPrincipalName, user, browser: undefined, ipAddress: crypto.randomUUID(), proofs };
    const ruling = await checkFactor(factor, of, { ports, at: woodgrove.clock.at });
    return ruling.outcome === 'passed' ? ruling.value.method : ruling.because.code;
  };
  const codeAt = (steps: number) =>
    totpAt(secret, Math.floor(woodgrove.clock.at.getTime() / 1000 / totpSeconds) + steps);

  test('a password proves its own user alone', async () => {
    const password = { kind: 'password', password: 'a long password' } as const;
    assert.equal(await check(password, ana), 'password');
    assert.equal(await check({ ...password, password: 'another password' }, ana), 'passwordWrong');
    assert.equal(await check(password, ben), 'passwordWrong');
    assert.equal(await check(password, undefined), 'passwordWrong');
  });

  test('a one-time code is good once, for its own user, about its time', async () => {
    const show = (code: string, user: User) => check({ kind: 'oneTimeCode', code }, user);
    assert.equal(await show(codeAt(9), ana), 'oneTimeCodeWrong');
    assert.equal(await show(codeAt(0), ben), 'oneTimeCodeWrong');
    assert.equal(await show(codeAt(0), ana), 'softwareOath');
    assert.equal(await show(codeAt(0), ana), 'oneTimeCodeWrong');
  });

  for (const isUsableOnce of [true, false])
    test(`a Temporary Access Pass that is usable ${isUsableOnce ? 'once' : 'more than once'}`, async () => {
      const { ports, clock } = woodgrove;
      const method = { id: crypto.randomUUID(), userId: ana.id, displayName: 'Pass', createdDateTime: clock.at };
      const times = { startDateTime: clock.at, lifetimeInMinutes: 60, isUsableOnce };
      const passHash = await passwords.hash('PASS+1234');
      await ports.methods.add({ ...method, kind: 'temporaryAccessPass', ...times, passHash }, 'test');
      const show = (pass: string) => check({ kind: 'temporaryAccessPass', pass }, ana);
      assert.equal(await show('PASS+9999'), 'temporaryAccessPassWrong');
      const proven = isUsableOnce ? 'temporaryAccessPassOneTime' : 'temporaryAccessPassMultiUse';
      const results = await Promise.all([show('PASS+1234'), show('PASS+1234')]);
      assert.deepEqual(new Set(results), new Set([proven, isUsableOnce ? 'temporaryAccessPassWrong' : proven]));
    });

  for (const { name, state, owner, proofs, result } of [
    { name: 'approved', state: 'approved', owner: 'ana', proofs: [], result: 'microsoftAuthenticatorPush' },
    {
      name: 'approved, after a certificate',
      state: 'approved',
      owner: 'ana',
      proofs: [{ certificate: {} }],
      result: 'deviceBasedPush',
    },
    { name: 'not answered', state: 'open', owner: 'ana', proofs: [], result: 'approvalRefused' },
    { name: 'denied', state: 'denied', owner: 'ana', proofs: [], result: 'approvalRefused' },
    { name: 'approved by another user', state: 'approved', owner: 'ben', proofs: [], result: 'approvalRefused' },
  ])
    test(`a request that was ${name}: ${result}, and it is spent (MFA-11)`, async () => {
      const { ports, clock } = woodgrove;
      const userId = owner === 'ana' ? ana.id : ben.id;
      const expires = new Date(clock.at.getTime() + 1000);
      const ticket = crypto.randomUUID();
      await ports.tickets.put({ id: ticket, kind: 'approval', userId, state, document: {}, expires } as never);
      assert.equal(await check({ kind: 'approval', ticket }, ana, proofs as never), result);
      assert.equal(await check({ kind: 'approval', ticket }, ana), 'approvalRefused');
    });
});
