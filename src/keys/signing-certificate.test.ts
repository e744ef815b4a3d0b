import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { SigningKey } from '#model/signing-key.ts';
import type { KeyStore } from '#ports/keys.ts';
import { openSigningKeys } from './signing-keys.ts';

type Row = Awaited<ReturnType<KeyStore['list']>>[number];

function storeOf(rows: Row[]): KeyStore {
  return {
    list: async () => [...rows].reverse(),
    async add(key, createdDateTime, signsFromDateTime) {
      rows.push({ ...key, createdDateTime, signsFromDateTime });
    },
  };
}
const clock = { now: () => new Date('2026-05-04T03:02:01Z') };
const certificateOf = ({ privateJwk }: SigningKey) => String((privateJwk.x5c as string[])[0]);

for (const alg of ['RS256', 'PS256', 'ES256'] as const)
  test(`a key for ${alg} has one certificate, the same for every process and after a restart`, async () => {
    const rows: Row[] = [];
    await openSigningKeys(storeOf(rows), clock).rotate(alg, 'now');
    const [node1, node2] = [openSigningKeys(storeOf(rows), clock), openSigningKeys(storeOf(rows), clock)];
    const [first, second] = [(await node1.current())[0]!, (await node2.published())[0]!];
    assert.equal(certificateOf(first), certificateOf(second));
    const certificate = new X509Certificate(Buffer.from(certificateOf(first), 'base64'));
    assert.ok(certificate.publicKey.equals(createPublicKey({ key: first.privateJwk as never, format: 'jwk' })));
    assert.ok(certificate.verify(certificate.publicKey));
  });

test('an RSA key of an earlier version gets its certificate when it is read', async () => {
  const rows: Row[] = [];
  await openSigningKeys(storeOf(rows), clock).rotate('RS256', 'now');
  assert.equal(rows[0]!.privateJwk.x5c, undefined, 'it is not stored');
  assert.ok(certificateOf((await openSigningKeys(storeOf(rows), clock).current())[0]!));
});
