import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { importJWK, type JWTPayload, SignJWT } from 'jose';
import { ExternalSigningKey } from 'oidc-provider';
import type { SigningKey } from '#model/signing-key.ts';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed JWT with `typ` JWT. @throws signingTokenUnavailable */
export async function signToken(key: SigningKey, claims: JWTPayload): Promise<string> {
  const header = { typ: 'JWT', alg: key.alg, kid: key.kid };
  if (!key.sign) return new SignJWT(claims).setProtectedHeader(header).sign(await preparedKey(key));
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${Buffer.from(await key.sign(Buffer.from(input))).toString('base64url')}`;
}

/** Keys of this process as signing takes them: to read one again for each token costs a quarter of a signature. */
const preparedKeys = new WeakMap<SigningKey, ReturnType<typeof importJWK>>();

function preparedKey(key: SigningKey): ReturnType<typeof importJWK> {
  const prepared = preparedKeys.get(key) ?? importJWK(key.privateJwk, key.alg);
  preparedKeys.set(key, prepared);
  return prepared;
}

/** A key as oidc-provider takes it: a private JWK, or what signs for it. */
export function providerKey(key: SigningKey): object {
  const { x5c: _, pkcs11: __, ...jwk } = key.privateJwk;
  return key.sign ? new TokenSigningKey(key, key.sign) : jwk;
}

class TokenSigningKey extends ExternalSigningKey {
  readonly #key: SigningKey;
  readonly #sign: (data: Uint8Array) => Promise<Uint8Array>;
  constructor(key: SigningKey, sign: (data: Uint8Array) => Promise<Uint8Array>) {
    super();
    this.#key = key;
    this.#sign = sign;
  }
  override get kid() {
    return this.#key.kid;
  }
  override get alg() {
    return this.#key.alg;
  }
  override keyObject() {
    return createPublicKey({ key: this.#key.privateJwk as JsonWebKey, format: 'jwk' });
  }
  override async sign(data: Uint8Array) {
    return Buffer.from(await this.#sign(data));
  }
}
