import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock, KeyStore, SigningKey, SigningKeys } from '../ports.ts';

const makeKeyPair = promisify(generateKeyPair);

/** A tenant's signing keys; the first is made on first use. */
export interface RotatingKeys extends SigningKeys {
  /** Makes a new key that signs from now on; the older ones still verify. */
  rotate(alg?: SigningKey['alg']): Promise<SigningKey>;
}

/** RS256 by default: every Entra client expects it. */
export function openSigningKeys(store: KeyStore, clock: Clock): RotatingKeys {
  let kept: Promise<readonly SigningKey[]> | undefined;
  const rotate = async (alg: SigningKey['alg'] = 'RS256') => {
    const key = await makeKey(alg);
    await store.add(key, clock.now());
    kept = undefined;
    return key;
  };
  const load = async () => {
    const stored = await store.list();
    return stored.length > 0 ? stored : [await rotate()];
  };
  return {
    rotate,
    current() {
      kept ??= load().catch((problem: unknown) => {
        kept = undefined;
        throw problem;
      });
      return kept;
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
