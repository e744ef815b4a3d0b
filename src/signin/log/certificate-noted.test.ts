import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import { openSignIns, type SignIns } from '#test/signin/open-sign-ins.ts';
import { noteCertificate } from './certificate-noted.ts';

const day = 86_400_000;
const leaf = Uint8Array.of(48, 3, 1, 1, 0);
const retention = { signInsSince: new Date(0) };

describe('the certificate behind a proof is kept for as long as anything can rest on it', () => {
  let woodgrove: SignIns;
  beforeEach(async () => {
    woodgrove = await openSignIns();
  });
  afterEach(() => woodgrove.end());
  const proofOf = (key: string | undefined): Proof => ({
    ...{ method: key === undefined ? 'password' : 'x509CertificateMultiFactor', userId: 'ana', at: '' },
    ...(key === undefined ? {} : { certificate: { tbsSha256: key, sha256Thumbprint: 'of all' } as never }),
  });
  const stored = (key: string) => woodgrove.ports.live.certificate(key);

  test('by the key of the newest proof, and not by that of earlier ones', async () => {
    await noteCertificate(leaf, [proofOf('A'), proofOf('B')], woodgrove.context());
    assert.deepEqual([await stored('A'), await stored('B')], [undefined, leaf]);
  });

  test('after a last proof without a certificate, none is stored', async () => {
    await noteCertificate(leaf, [proofOf('A'), proofOf(undefined)], woodgrove.context());
    await noteCertificate(leaf, [], woodgrove.context());
    assert.equal(await stored('A'), undefined);
  });

  test('a refresh token that a session of ninety days gives on its last day lives ninety days more', async () => {
    await noteCertificate(leaf, [proofOf('A')], woodgrove.context());
    const isStoredAfter = async (days: number) => {
      await woodgrove.storage.prune(new Date(woodgrove.clock.at.getTime() + days * day), retention);
      return (await stored('A')) !== undefined;
    };
    assert.deepEqual([await isStoredAfter(179), await isStoredAfter(200)], [true, false]);
  });
});
