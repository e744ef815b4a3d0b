import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { originOf, serversOf } from './network.ts';

const cases = [
  ['login.example:10.0.0.1', 'login.example', { host: '10.0.0.1' }],
  ['Login.Example:10.0.0.1:8443', 'login.example', { host: '10.0.0.1', port: 8443 }],
  ['login.example:[2001:db8::1]', 'login.example', { host: '2001:db8::1' }],
  ['login.example:[2001:db8::1]:443', 'login.example', { host: '2001:db8::1', port: 443 }],
  ['login.example:localhost:8443', 'login.example', { host: 'localhost', port: 8443 }],
] as const;
for (const [resolution, host, server] of cases) {
  test(`--resolve ${resolution} names a server`, () => {
    assert.deepEqual([...serversOf([resolution])], [[host, server]]);
  });
}
for (const resolution of [
  'login.example',
  'login.example:',
  ':10.0.0.1',
  'a:b:c',
  'a:10.0.0.1:8443:1',
  'https://a:b',
]) {
  test(`--resolve ${resolution} is misused`, () => {
    assert.throws(
      () => serversOf([resolution]),
      (thrown: unknown) => thrown instanceof CardeaError && thrown.because.code === 'commandMisused',
    );
  });
}

test('the address of a server has its origin', () => {
  assert.equal(originOf('https://login.example:8443/path'), 'https://login.example:8443');
});
for (const address of ['localhost:8443', 'login.example', 'https://', 'file:///etc', ''])
  test(`${address || 'nothing'} is not the address of a server`, () => {
    assert.throws(
      () => originOf(address),
      (thrown: unknown) => thrown instanceof CardeaError && thrown.because.code === 'commandMisused',
    );
  });
