import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { blockCertificate, longestNote, replaceBlocked, unblockCertificate } from './blocked.ts';

describe('the note of a blocked certificate is a text that administrators read', () => {
  const { der } = testCa('CN=Root');
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());
  const block = (note: string) => blockCertificate(der, note, { actor: 'test', ports: woodgrove.ports }).then(orThrow);

  for (const [name, note, code] of [
    ['a character that turns the direction', 'lost\u202e', 'textHoldsControls'],
    ['a NUL', 'lost\0', 'textHoldsControls'],
    ['more characters than Graph takes', 'x'.repeat(longestNote + 1), 'textTooLong'],
  ] as const)
    test(`${name} is refused, and nothing is blocked`, async () => {
      await assert.rejects(block(note), (problem: CardeaError) => problem.because?.code === code);
      assert.deepEqual(await woodgrove.ports.policy.blocked(), []);
    });

  test('the list of a tenant file is evaluated as each entry is', async () => {
    const [entry] = await block('lost');
    const replace = (note: string) => replaceBlocked([{ ...entry!, note }], { actor: 'test', ports: woodgrove.ports });
    for (const [note, code] of [
      ['lost\0', 'textHoldsControls'],
      ['x'.repeat(longestNote + 1), 'textTooLong'],
    ] as const) {
      const ruling = await replace(note);
      assert.equal(ruling.outcome === 'refused' && ruling.because.code, code);
    }
    assert.equal((await woodgrove.ports.policy.blocked())[0]?.note, 'lost');
    orThrow(await replace('stolen'));
    assert.equal((await woodgrove.ports.policy.blocked())[0]?.note, 'stolen');
  });

  for (const name of ['sha256Thumbprint', 'tbsSha256'] as const)
    test(`an entry that a tenant file wrote with separators and in lower case is removed by its ${name}`, async () => {
      const [entry] = (await block('lost')) as { sha256Thumbprint: string; tbsSha256: string }[];
      const asFileHasIt = (hex: string) => hex.toLowerCase().replace(/..(?=.)/g, '$&:');
      const list = [
        { sha256Thumbprint: asFileHasIt(entry!.sha256Thumbprint), tbsSha256: asFileHasIt(entry!.tbsSha256) },
      ];
      const context = { actor: 'test', ports: woodgrove.ports };
      orThrow(await replaceBlocked(list, context));
      assert.deepEqual(orThrow(await unblockCertificate(entry![name], context)), []);
      const ruling = await unblockCertificate(entry![name], context);
      assert.equal(ruling.outcome === 'refused' && ruling.because.code, 'nothingFound');
    });

  for (const note of ['two\nlines', 'x'.repeat(longestNote)])
    test(`${note.length} characters are kept`, async () => assert.equal((await block(note))[0]?.note, note));
});
