import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keywordsOf, readConnectionPoint } from './connection-point.ts';
import { guidOfOctets, sidOfOctets } from './directory-values.ts';

test('a GUID of Active Directory: the first three groups are little-endian', () => {
  const octets = Uint8Array.from({ length: 16 }, (_, index) => index);
  assert.equal(guidOfOctets(octets), '03020100-0504-0706-0809-0a0b0c0d0e0f');
});

test('a SID: revision, authority, parts', () => {
  const octets = Buffer.from('010500000000000515000000dcf4dc3b833d2b46828ba62800020000', 'hex');
  assert.equal(sidOfOctets(octets), 'S-1-5-21-1004336348-1177238915-682003330-512');
  assert.equal(sidOfOctets(octets.subarray()), sidOfOctets(Uint8Array.from(octets)));
});

describe('the keywords of a service connection point (windows-sign-in §6.2)', () => {
  const tenantId = '11111111-2222-3333-4444-555555555555';
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['azureADName:woodgrove.example', `azureADId:${tenantId}`], 'connectionPointRead'],
    [[`azureadid:${tenantId.toUpperCase()}`, 'AZUREADNAME: woodgrove.example'], 'connectionPointRead'],
    [['azureADName:woodgrove.example'], 'connectionPointMalformed'],
    [[`azureADId:${tenantId}`], 'connectionPointMalformed'],
    [['azureADName:woodgrove.example', 'azureADId:woodgrove'], 'connectionPointMalformed'],
    [['azureADName:https://attacker/x', `azureADId:${tenantId}`], 'connectionPointMalformed'],
    [[], 'connectionPointMalformed'],
  ];
  for (const [keywords, code] of cases)
    test(`${JSON.stringify(keywords)}: ${code}`, () => assert.equal(readConnectionPoint(keywords).because.code, code));
  test('what is written is read', () => {
    const ruling = readConnectionPoint(keywordsOf({ domain: 'woodgrove.example', tenantId }));
    assert.deepEqual(ruling.outcome === 'passed' && ruling.value, { domain: 'woodgrove.example', tenantId });
  });
});
