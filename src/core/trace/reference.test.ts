import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { referencesOf } from './reference.ts';

const cba = 'docs/spec/entra-cba.md';
const rfc5280 = 'https://www.rfc-editor.org/rfc/rfc5280';
const cases: readonly (readonly [string, readonly (string | undefined)[]])[] = [
  ['CRL-12', [`${cba}#crl-12`]],
  ['UB-13, UB-18, §5.5', [`${cba}#ub-13`, `${cba}#ub-18`, `${cba}#section-5-5`]],
  ['W-1 … W-5', [`${cba}#w-1`, `${cba}#w-5`]],
  ['Appendix B step 3', [`${cba}#appendix-b`]],
  ['graph-api §9, §11.2', ['docs/spec/graph-api.md#section-9', 'docs/spec/graph-api.md#section-11-2']],
  ['graph-api §9 internalDomainFederation', ['docs/spec/graph-api.md#section-9']],
  ['RFC 5280 §6.1.3 (f), §6.1.5 (g)', [`${rfc5280}#section-6.1.3`, `${rfc5280}#section-6.1.5`]],
  ['RFC 5280 §6.3.3 (i), (j)', [`${rfc5280}#section-6.3.3`]],
  ['RFC 6960 §A.1', ['https://www.rfc-editor.org/rfc/rfc6960#appendix-A.1']],
  ['RFC 7468', ['https://www.rfc-editor.org/rfc/rfc7468']],
  ['RFC 5280 §4.2.1.9, TS-2', [`${rfc5280}#section-4.2.1.9`, `${cba}#ts-2`]],
  ['WebAuthn Level 3 §7.1, RFC 6238 §5.1', [undefined, 'https://www.rfc-editor.org/rfc/rfc6238#section-5.1']],
  ['X.690', [undefined]],
  ['CVE-2018-16875', [undefined]],
  ['docs/settings.md#addresses-that-cardea-connects-to', ['docs/settings.md#addresses-that-cardea-connects-to']],
];

describe('citations', () => {
  for (const [references, expectedValue] of cases)
    test(`"${references}" is read there`, () =>
      assert.deepEqual(
        referencesOf(references).map(({ where }) => where),
        expectedValue,
      ));
});
