import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import { tokenFormOf } from './token-form.ts';

describe('the form of a token request', () => {
  test('has every resource, and undefined for what was not sent', () => {
    const { fields } = tokenFormOf('grant_type=refresh_token&resource=https%3A%2F%2Fa.test&resource=b&scope=');
    assert.deepEqual([fields.grant_type, fields.resource], ['refresh_token', ['https://a.test', 'b']]);
    assert.deepEqual([fields.scope, fields.client_id], ['', undefined]);
  });

  for (const [source, problem] of [
    ['grant_type=refresh_token&grant_type=x', 'grant_type: it is sent twice'],
    ['mine=1&mine=2', 'mine: it is sent twice'],
    [`client_id=${'x'.repeat(4_097)}`, 'client_id: it is longer than 4096 characters'],
  ] as const)
    test(`is malformed: ${problem}`, () =>
      assert.throws(
        () => tokenFormOf(source),
        ({ because }: CardeaError) => {
          assert.deepEqual(because, { code: 'requestMalformed', evidence: { problem } });
          return true;
        },
      ));

  test('a scope of any length that is accepted can become a resource', () => {
    const { fields } = tokenFormOf(`scope=${'x'.repeat(60_000)}`);
    assert.equal(tokenFormOf('').with({ resource: fields.scope }).fields.resource[0]?.length, 60_000);
  });

  test('passes on what it does not name, and what was changed', () => {
    const form = tokenFormOf('grant_type=authorization_code&code=a&mine=1');
    assert.equal(
      String(form.with({ code: undefined, scope: 'openid' })),
      'grant_type=authorization_code&mine=1&scope=openid',
    );
  });
});
