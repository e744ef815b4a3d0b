import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { buildCertificationRequest } from './certification-request.ts';
import { generateKey } from './fields/keys.ts';

for (const kind of ['RSA-2048', 'P-256'] as const) {
  test(`OpenSSL verifies a certification request of a key of the kind ${kind} (RFC 2986 §4)`, needs('openssl'), () => {
    const der = buildCertificationRequest('CN=7E980AD9-B86D-4306-9425-9AC066FB014A', generateKey(kind));
    withFiles({ 'request.der': der }, (folder) => {
      const words = ['req', '-inform', 'DER', '-in', 'request.der', '-noout', '-verify', '-subject'];
      const { status, text } = run(folder, 'openssl', ...words);
      assert.equal(status, 0, text);
      assert.match(text, /verify OK/);
      assert.match(text, /CN ?= ?7E980AD9-B86D-4306-9425-9AC066FB014A/);
    });
  });
}
