import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Provider } from 'oidc-provider';
import { replaceGetter, replaceMethod } from './models.ts';

test('a method that the library no longer has is named', () => {
  const without = { Client: class {} } as unknown as Provider;
  const sentence = { message: 'oidc-provider has no method Client.includeSid' };
  assert.throws(() => replaceMethod(without, ['Client', 'includeSid'], () => () => true), sentence);
});

test('a getter that the library no longer has is named', () => {
  const without = { RefreshToken: class {} } as unknown as Provider;
  const sentence = { message: 'oidc-provider has no member RefreshToken.scopes' };
  assert.throws(() => replaceGetter(without, ['RefreshToken', 'scopes'], () => new Set()), sentence);
});
