import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimsRequest, joinedClaims, readRequestedClaims } from './requested-claims.ts';

const cases = [
  {
    name: 'a claims challenge asks for authentication contexts',
    text: '{"access_token":{"acrs":{"essential":true,"values":["c1","c25"]}}}',
    contexts: ['c1', 'c25'],
  },
  {
    name: 'one value is a list of one',
    text: '{"access_token":{"acrs":{"essential":true,"value":"c3"}}}',
    contexts: ['c3'],
  },
  {
    name: 'a client tells its capabilities',
    text: '{"access_token":{"xms_cc":{"values":["cp1"]}}}',
    capabilities: ['cp1'],
  },
  {
    name: 'what MSAL asks of the id_token is tolerated',
    text: '{"id_token":{"signin_state":null,"login_hint":{"essential":true}}}',
  },
  {
    name: 'an unknown authentication context is left out',
    text: '{"access_token":{"acrs":{"values":["c0","c100",7]}}}',
  },
  { name: 'text that is not JSON asks for nothing', text: '{"access_token":' },
  { name: 'an array asks for nothing', text: '[{"access_token":{"acrs":{"value":"c1"}}}]' },
  { name: 'null asks for nothing', text: '{"access_token":null}' },
  { name: 'no parameter asks for nothing', text: undefined },
  {
    name: 'more than 8 KiB asks for nothing',
    text: `{"access_token":{"acrs":{"value":"c1"}},"pad":"${'x'.repeat(9000)}"}`,
  },
];
for (const { name, text, contexts = [], capabilities = [] } of cases) {
  test(name, () => assert.deepEqual(readRequestedClaims(text), { contexts, capabilities }));
}

test('what is kept with a code reads back the same, and joins without doubles', () => {
  const request = { contexts: ['c1'], capabilities: ['cp1'] };
  assert.deepEqual(readRequestedClaims(JSON.stringify(claimsRequest(request))), request);
  assert.deepEqual(joinedClaims(request, request, { contexts: ['c2'], capabilities: [] }), {
    contexts: ['c1', 'c2'],
    capabilities: ['cp1'],
  });
  assert.equal(claimsRequest({ contexts: [], capabilities: [] }), undefined);
});
