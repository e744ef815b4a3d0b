import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { totpAt, totpSeconds } from '#core/factors/totp.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { GuardPorts } from '../../safety/guard.ts';
import {
  beginApp,
  confirmApp,
  creationOptions,
  registerPasskey,
  removeMethod,
  secretOf,
} from './registered-methods.ts';

const [ana, ben] = [userOf('ana@woodgrove.test'), userOf('ben@woodgrove.test')];
const registrant = { user: ana, sessionUid: 'session', ipAddress: '192.0.2.7' };
const passwords = openPasswords();

describe('the methods that users register for themselves', () => {
  let woodgrove: OneTenant;
  let ports: GuardPorts;
  let at: Date;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { clock, storage, tenant } = woodgrove;
    const crls = openCrlCache({ clock, bytes: storage.crlBytes });
    ports = { ...woodgrove.ports, tenant, clock, crls, ocsp: openOcspClient(), passwords, passkeys };
    for (const user of [ana, ben]) await ports.users.add(user, 'test');
    at = clock.now();
  });
  afterEach(() => woodgrove.end());

  const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
  const codeAt = async (ticket: string, moment: Date) => {
    const secret = Buffer.from((await secretOf(ticket, { ...registrant, ports, at }))!, 'base64url');
    return totpAt(secret, Math.floor(moment.getTime() / 1000 / totpSeconds));
  };
  /** Registers an app with the code of a moment, as `change` says. Answers how many apps Ana has then, or the code of the refusal. */
  type Change = Partial<Parameters<typeof confirmApp>[0] & Omit<Parameters<typeof confirmApp>[1], 'at' | 'ports'>>;
  const confirm = async (ticket: string, change: Change = {}, moment = at) => {
    const code = await codeAt(ticket, moment);
    const answer = { ticket, code, displayName: 'Phone', ...change };
    const ruling = await confirmApp(answer, { ...registrant, ports, at: moment, ...change });
    return ruling.outcome === 'refused' ? ruling.because.code : (await ports.methods.ofUser(ana.id)).length;
  };

  const confirmations = [
    { name: 'the code of the app registers it', expect: 1 },
    { name: 'another code does not', change: { code: '000000' }, expect: 'oneTimeCodeWrong' },
    { name: 'nor another session', change: { sessionUid: 'other' }, expect: 'registrationRefused' },
    { name: 'nor another user', change: { user: ben }, expect: 'registrationRefused' },
    { name: 'nor a secret that was never begun', change: { ticket: 'x' }, expect: 'registrationRefused' },
    { name: 'nine minutes later it still does', minutes: 9, expect: 1 },
    { name: 'after ten minutes it is too late', minutes: 10, expect: 'registrationRefused' },
  ];
  for (const { name, change, minutes = 0, expect } of confirmations)
    test(`authenticator app: ${name}`, async () => {
      const ticket = await beginApp({ ...registrant, ports, at });
      assert.equal(await confirm(ticket, change, later(minutes)), expect);
    });

  test('a secret is registered once, and its first code is spent', async () => {
    const ticket = await beginApp({ ...registrant, ports, at });
    const code = await codeAt(ticket, at);
    assert.equal(await confirm(ticket), 1);
    const again = await confirmApp({ ticket, code, displayName: 'Phone' }, { ...registrant, ports, at });
    assert.equal(again.outcome, 'refused');
    const [method] = await ports.methods.ofUser(ana.id);
    const step = Math.floor(at.getTime() / 1000 / totpSeconds);
    assert.equal(
      await ports.methods.spend(method!.id, step),
      false,
      'the code that registered the app signs no user in',
    );
    assert.equal(await ports.methods.spend(method!.id, step + 1), true);
  });

  test('a user can have five authenticator apps; other methods do not count', async () => {
    const counts = [];
    for (let i = 0; i < 6; i++) counts.push(await confirm(await beginApp({ ...registrant, ports, at })));
    assert.deepEqual(counts, [1, 2, 3, 4, 5, 'registrationRefused']);
  });

  const names = [
    { name: 'blanks around it go', typed: '  Phone ', stored: 'Phone' },
    { name: 'control and direction characters go', typed: 'Ph\u202eo\u0000ne', stored: 'Phone' },
    { name: 'it has sixty characters at most', typed: 'x'.repeat(61), stored: 'x'.repeat(60) },
    { name: 'an empty one is a dash', typed: '', stored: '–' },
  ];
  for (const { name, typed, stored } of names)
    test(`the name of a method: ${name}`, async () => {
      await confirm(await beginApp({ ...registrant, ports, at }), { displayName: typed });
      assert.equal((await ports.methods.ofUser(ana.id))[0]?.displayName, stored);
    });

  const responseTo = (challenge: unknown) => ({
    response: { clientDataJSON: Buffer.from(JSON.stringify({ challenge })).toString('base64url') },
  });
  const passkeyAnswers = [
    { name: 'a challenge of another session', sessionUid: 'other', why: /challenge of this session/ },
    {
      name: 'a challenge of this session, without a key',
      sessionUid: 'session',
      why: /^(?!.*challenge of this session)/,
    },
  ];
  for (const { name, sessionUid, why } of passkeyAnswers)
    test(`a passkey is not registered by an answer to ${name}`, async () => {
      const origin = 'https://login.woodgrove.test';
      const context = { ...registrant, ports, at };
      const begun = { ...context, sessionUid };
      const { challenge } = await creationOptions({ origin, organisation: 'Woodgrove' }, begun);
      const request = { response: responseTo(challenge), origin, displayName: 'Key' };
      const ruling = await registerPasskey(request, context);
      assert.match(String(ruling.outcome === 'refused' && (ruling.because.evidence as { why: string }).why), why);
      assert.deepEqual(await ports.methods.ofUser(ana.id), []);
    });

  test('a method is removed from its own user alone', async () => {
    await confirm(await beginApp({ ...registrant, ports, at }));
    const [method] = await ports.methods.ofUser(ana.id);
    assert.equal(await removeMethod(ben.id, method!.id, { actor: 'test', ports }), false);
    assert.equal((await ports.methods.ofUser(ana.id)).length, 1);
    assert.equal(await removeMethod(ana.id, method!.id, { actor: 'test', ports }), true);
  });
});
