import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningKey } from '#model/signing-key.ts';
import type { Clock } from '#ports/clock.ts';
import type { KeyStore, SigningKeys } from '#ports/keys.ts';

const makeKeyPair = promisify(generateKeyPair);

/** A tenant's signing keys; the first is made on first use. */
export interface RotatingKeys extends SigningKeys {
  /** Makes a new key that signs from now on; the older ones still verify. */
  rotate(alg?: SigningKey['alg']): Promise<SigningKey>;
}

/** Milliseconds after which the keys are read again: another process on the same database may have made one. */
const readAgainAfter = 60_000;

/** RS256 by default: every Entra client expects it. */
export function openSigningKeys(store: KeyStore, clock: Clock): RotatingKeys {
  let kept: { readonly since: number; readonly keys: Promise<readonly SigningKey[]> } | undefined;
  const rotate = async (alg: SigningKey['alg'] = 'RS256') => {
    const key = await makeKey(alg);
    await store.add(key, clock.now());
    kept = undefined;
    return key;
  };
  const load = async () => {
    const row = await store.list();
    if (row.length > 0) return row;
    await rotate();
    return store.list(); // ours, and that of another process that began in the same moment
  };
  const read = (since: number) => {
    const keys = load().catch((problem: unknown) => {
      if (kept?.keys === keys) kept = undefined;
      throw problem;
    });
    kept = { since, keys };
    return keys;
  };
  return {
    rotate,
    async current() {
      const now = clock.now().getTime();
      const isFresh = kept !== undefined && Math.abs(now - kept.since) < readAgainAfter;
      return isFresh ? kept!.keys : read(now);
    },
  };
}

async function makeKey(alg: SigningKey['alg']): Promise<SigningKey> {
  const { privateKey } =
    alg === 'ES256'
      ? await makeKeyPair('ec', { namedCurve: 'P-256' })
      : await makeKeyPair('rsa', { modulusLength: 2048, publicExponent: 0x10001 });
  const jwk = privateKey.export({ format: 'jwk' });
  // As Entra does, the key id says nothing but which key it is: a digest of the public part.
  const kid = createHash('sha256')
    .update(jwk.n ?? `${jwk.x}.${jwk.y}`)
    .digest('base64url')
    .slice(0, 27);
  return { kid, alg, privateJwk: { ...jwk, kid, alg, use: 'sig' } };
}
