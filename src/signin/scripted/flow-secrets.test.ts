import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSealing } from '#keys/sealing.ts';
import { emptyFolder } from '#test/contract/databases.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import {
  type FlowContext,
  openContext,
  openFlowToken,
  sealContext,
  sealFlowToken,
  spendFlowToken,
} from './flow-secrets.ts';

const at = new Date('2027-03-01T12:00:00Z');
const after15 = (milliseconds: number) => new Date(at.getTime() + 15 * 60_000 + milliseconds);
const flow = { interactionUid: 'uid', tenantId: 'tenant', cookies: { a: '1' } };
const context: FlowContext = { ...flow, expires: after15(0).getTime() };
const sealing = openSealing(emptyFolder(), undefined);
const other = openSealing(emptyFolder(), undefined);

describe('the context and the flow tokens of a sign-in without pages', () => {
  const ctx = sealContext(flow, sealing, at);
  const token = sealFlowToken(context, { proofs: 1, username: 'ana@woodgrove.test' }, sealing, at);

  const contexts: readonly (readonly [name: string, text: unknown, moment: Date, isOpened: boolean])[] = [
    ['as it was sealed', ctx, at, true],
    ['in its last millisecond', ctx, after15(-1), true],
    ['after fifteen minutes', ctx, after15(0), false],
    ['of another installation', sealContext(flow, other, at), at, false],
    ['with a character changed', `${ctx.slice(0, -2)}${ctx.at(-2) === 'A' ? 'B' : 'A'}${ctx.at(-1)}`, at, false],
    ['that is a flow token', token, at, false],
    ['longer than any that was sealed', 'A'.repeat(8 * 1024 + 1), at, false],
    ['that is not text', [ctx], at, false],
    ['that is missing', undefined, at, false],
  ];
  for (const [name, text, moment, isOpened] of contexts)
    test(`a context ${name} is ${isOpened ? 'opened' : 'not opened'}`, () =>
      assert.deepEqual(openContext(text, sealing, moment), isOpened ? context : undefined));

  const tokens: readonly (readonly [name: string, of: Partial<FlowContext>, moment: Date, isOpened: boolean])[] = [
    ['of this sign-in', {}, at, true],
    ['of another sign-in', { interactionUid: 'other' }, at, false],
    ['of the same sign-in in another tenant', { tenantId: 'other' }, at, false],
    ['in its last millisecond', {}, after15(-1), true],
    ['after fifteen minutes', {}, after15(0), false],
  ];
  for (const [name, change, moment, isOpened] of tokens)
    test(`a flow token ${name} is ${isOpened ? 'opened' : 'not opened'}`, () => {
      const opened = openFlowToken(token, { ...context, ...change }, sealing, moment);
      assert.deepEqual(
        [opened?.proofs, opened?.username],
        isOpened ? [1, 'ana@woodgrove.test'] : [undefined, undefined],
      );
    });

  test('two tokens of one step differ, and ctx is base64url', () => {
    assert.notEqual(
      sealFlowToken(context, { proofs: 0 }, sealing, at),
      sealFlowToken(context, { proofs: 0 }, sealing, at),
    );
    assert.match(ctx, /^[\w.~-]+$/);
  });

  describe('a flow token is taken once', () => {
    let woodgrove: OneTenant;
    before(async () => {
      woodgrove = await openTenant();
    });
    after(() => woodgrove.end());

    test('by one of ten who ask together', async () => {
      const opened = openFlowToken(sealFlowToken(context, { proofs: 0 }, sealing, at), context, sealing, at)!;
      const taken = await Promise.all(
        Array.from({ length: 10 }, () => spendFlowToken(opened, woodgrove.ports.attempts)),
      );
      assert.deepEqual(taken.filter(Boolean), [true]);
      const next = openFlowToken(token, context, sealing, at)!;
      assert.equal(await spendFlowToken(next, woodgrove.ports.attempts), true, 'another token of the sign-in');
    });
  });
});
