import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CrlRequest } from '#core/crl/answer.ts';
import { requestsOf } from './crl.ts';

describe('the CA whose CRLs a command is about', () => {
  const requests = ['one', 'two'].map((name) => ({
    ...{ authorityId: name, baseUrl: `http://pki.test/${name}.crl`, deltaUrl: undefined },
  })) as unknown as readonly CrlRequest[];

  for (const target of ['two', 'http://pki.test/two.crl'])
    test(`${target} is one of two`, () => assert.deepEqual(requestsOf(requests, target), [requests[1]]));
  test('all of them where none is named', () => assert.deepEqual(requestsOf(requests, undefined), requests));
  for (const target of ['three', ''])
    test(`"${target}" is no CA, which is an error`, () =>
      assert.throws(() => requestsOf(requests, target), {
        because: { code: 'nothingFound', evidence: { kind: 'CA with a CRL address', wanted: target } },
      }));
});
