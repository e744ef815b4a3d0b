import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { fault } from '#core/trace/fault.ts';
import type { SigningKey } from '#model/signing-key.ts';
import { signingCertificateBy } from '../signing-certificate.ts';
import type { SigningToken } from './signing-token.ts';

/** The signing keys of one tenant that are on a PKCS #11 token. */
export interface TokenKeys {
  /** The label of the token, where the settings name one: new keys are made there. */
  readonly token: string | undefined;
  make(alg: SigningKey['alg'], at: Date): Promise<SigningKey>;
  /** The key with its signature, where a row names a key of a token; any other key as it is. */
  attach<K extends SigningKey>(key: K): K;
  /** @throws signingTokenUnavailable where the key is on a token that cannot sign with it */
  check(key: SigningKey): Promise<void>;
}

/** What a row says instead of a private key. */
interface Place {
  readonly token: string;
  readonly label: string;
}
const placeOf = ({ privateJwk }: SigningKey): Place | undefined => privateJwk.pkcs11 as Place | undefined;

/** The label of the token that has a key; undefined where its private key is in the database. */
export const tokenOf = (key: SigningKey): string | undefined => placeOf(key)?.token;

/** @param setting the token of the settings and its label; absent: keys are made here, and those of a token do not sign */
export function tokenKeysOf(
  tenantId: string,
  setting: { readonly token: SigningToken; readonly label: string } | undefined,
): TokenKeys {
  const tokenFor = (place: Place): SigningToken => {
    if (setting?.label === place.token) return setting.token;
    const problem = setting ? `signingTokenLabel names the token ${setting.label}` : 'signingTokenModule is not set';
    throw fault('signingTokenUnavailable', { token: place.token, problem });
  };
  return {
    token: setting?.label,
    async make(alg, at) {
      const { token, label: tokenLabel } = setting!;
      const place = { token: tokenLabel, label: `cardea ${tenantId} ${randomBytes(6).toString('hex')}` };
      const jwk = await token.generate(alg, place.label);
      const kid = keyIdOf(jwk);
      const x5c = await signingCertificateBy(
        { kid, publicKey: createPublicKey({ key: jwk as never, format: 'jwk' }), alg },
        at,
        (data, algorithm) => token.sign(algorithm, place.label, data),
      );
      return { kid, alg, privateJwk: { ...jwk, kid, alg, use: 'sig', x5c: [x5c], pkcs11: place } };
    },
    attach(key) {
      const place = placeOf(key);
      if (!place) return key;
      return { ...key, sign: async (data: Uint8Array) => tokenFor(place).sign(key.alg, place.label, data) };
    },
    async check(key) {
      const place = placeOf(key);
      if (!place || (await tokenFor(place).has(place.label))) return;
      throw fault('signingTokenUnavailable', { token: place.token, problem: `it has no private key ${place.label}` });
    },
  };
}

/** As Entra does, the key id says nothing but which key it is: a digest of the public part. */
export const keyIdOf = ({ n, x, y }: { readonly [member: string]: unknown }): string =>
  createHash('sha256')
    .update(typeof n === 'string' ? n : `${x}.${y}`)
    .digest('base64url')
    .slice(0, 27);
