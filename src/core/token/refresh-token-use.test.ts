import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brokerAppId } from '../directory/well-known-applications.ts';
import { defaultLifetimes } from './lifetimes.ts';
import { parallelUseWindow, reuseWindowOf, useOf } from './refresh-token-use.ts';

describe('a use of a refresh token', () => {
  const at = new Date('2027-03-01T12:00:00Z');
  const iiat = at.getTime() / 1000;
  const native = { iiat, exp: iiat + defaultLifetimes.refreshToken };
  const browser = { iiat, exp: iiat + defaultLifetimes.refreshTokenInBrowser };
  const consumed = { consumed: iiat, consumedAt: at.getTime(), consumedBy: '192.0.2.1' };
  const old = { ...consumed, consumedAt: at.getTime() - parallelUseWindow - 1 };
  const broker = { ...native, clientId: brokerAppId, ...consumed };
  const brokerWindow = reuseWindowOf(brokerAppId);
  const cases = [
    { name: 'that nothing used before is the first', record: native, use: 'first' },
    {
      name: 'again from the same address, within the window, is parallel',
      record: { ...native, ...consumed },
      use: 'parallel',
    },
    { name: 'after the window is a replay', record: { ...native, ...old }, use: 'replay' },
    {
      name: 'of the authentication broker after that window is parallel',
      record: { ...broker, ...old },
      use: 'parallel',
    },
    {
      name: 'of the authentication broker after ten minutes is a replay',
      record: { ...broker, consumedAt: at.getTime() - brokerWindow - 1 },
      use: 'replay',
    },
    {
      name: 'of the authentication broker from another address is a replay',
      record: { ...broker, consumedBy: '192.0.2.2' },
      use: 'replay',
    },
    {
      name: 'of any other client after thirty seconds is a replay',
      record: { ...native, clientId: 'constructor', ...old },
      use: 'replay',
    },
    {
      name: 'from another address is a replay',
      record: { ...native, ...consumed, consumedBy: '192.0.2.2' },
      use: 'replay',
    },
    { name: 'whose address is unknown is a replay', record: { ...native, consumed: iiat }, use: 'replay' },
    { name: 'of a single-page application is a replay at once', record: { ...browser, ...consumed }, use: 'replay' },
  ];
  for (const { name, record, use } of cases) test(name, () => assert.equal(useOf(record, '192.0.2.1', at), use));
});
