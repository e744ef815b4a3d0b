import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { handOver, takeOver } from './handoff.ts';

describe('proofs on their way from the certauth host to the login host', () => {
  let woodgrove: OneTenant;
  before(async () => {
    woodgrove = await openTenant();
  });
  after(() => woodgrove.end());

  const to = { interactionUid: 'interaction', userId: 'ana', proofs: [] };
  const give = () => handOver(to, { ports: woodgrove.ports, at: woodgrove.clock.at });
  /** Whose proofs the secret fetches, or the code of the refusal. */
  const take = async (secret: string, interactionUid = 'interaction') => {
    const result = await takeOver(secret, interactionUid, { ports: woodgrove.ports, at: woodgrove.clock.at });
    return result.outcome === 'passed' ? result.value.userId : result.because.code;
  };

  test('a secret fetches them once', async () => {
    const secret = await give();
    assert.deepEqual([await take(secret), await take(secret)], ['ana', 'handoffUnknown']);
  });

  test('a secret of another interaction is refused and is then worth nothing where it belongs', async () => {
    const secret = await give();
    assert.deepEqual([await take(secret, 'stolen'), await take(secret)], ['handoffUnknown', 'handoffUnknown']);
  });

  for (const { seconds, result } of [
    { seconds: 59, result: 'ana' },
    { seconds: 61, result: 'handoffUnknown' },
  ])
    test(`after ${seconds} seconds the answer is ${result}`, async () => {
      const secret = await give();
      woodgrove.clock.pass(seconds * 1000);
      assert.equal(await take(secret), result);
    });
});
