import assert from 'node:assert/strict';
import { test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import { type FlowPlace, flowConfig, refusalConfig } from './flow-config.ts';

const place: FlowPlace = { loginOrigin: 'https://login.test', tenantId: 't', correlationId: 'c' };
const at = new Date('2027-03-01T12:00:00.123Z');

test('every address of $Config is whole, on the login host, and of the tenant (windows-sign-in §4.2)', () => {
  const config = flowConfig({ ...place, ctx: 'x', flowToken: 'y' });
  for (const name of ['urlResume', 'urlPost', 'urlGetCredentialType', 'urlFidoLogin'])
    assert.match(String(config[name]), /^https:\/\/login\.test\/t\//, name);
});

test('a sign-in that can continue has its sealed state and its flow token; one that cannot has neither', () => {
  const { sCtx, urlResume, sFT, sFTName } = flowConfig({ ...place, ctx: 'x', flowToken: 'y' });
  assert.deepEqual([sCtx, urlResume, sFT, sFTName], ['x', 'https://login.test/t/resume?ctx=x', 'y', 'flowToken']);
  const names = Object.keys(flowConfig(place));
  assert.deepEqual(
    ['sCtx', 'urlResume', 'sFT', 'sFTName'].filter((name) => names.includes(name)),
    [],
  );
});

test('canaries are not the same twice', () => {
  const [first, second] = [flowConfig(place), flowConfig(place)];
  assert.equal(new Set([first.canary, first.apiCanary, second.canary, second.apiCanary]).size, 4);
});

test('a refusal has the number and the sentence for users, with its ids, and nothing of its evidence', () => {
  const reason = because('passwordWrong', { userPrincipalName: 'ana@woodgrove.test' });
  const config = refusalConfig(reason, { correlationId: 'c', at });
  assert.deepEqual([config.sErrorCode, config.iErrorCode], ['50126', 50126]);
  assert.equal(config.sErrTxt, config.strMainMessage);
  assert.equal(
    config.strServiceExceptionMessage,
    `AADSTS50126: ${config.strMainMessage}\r\nCorrelation ID: c\r\nTimestamp: 2027-03-01 12:00:00Z`,
  );
  assert.ok(!JSON.stringify(config).includes('ana@'));
});

test('a reason without a sentence for users says no more than that the certificate was not accepted', () => {
  const config = refusalConfig(because('signInFault', { step: 'account' }), { correlationId: 'c', at });
  assert.ok(!String(config.strMainMessage).includes('account'));
});
