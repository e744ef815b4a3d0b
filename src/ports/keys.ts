import type { SigningKey } from '#model/signing-key.ts';

/** Signing keys of one tenant as private JWKs with `kid`, `alg`, `use`; the first signs, the others still verify. */
export interface SigningKeys {
  /** @param kid a key that a signature names: where it is unknown, the keys are read again, at most once a second; the call waits for it */
  current(kid?: string): Promise<readonly SigningKey[]>;
  /** For the JWK set: read again where they are a second old, because another node may sign with a new key already. */
  published(): Promise<readonly SigningKey[]>;
}

/** Where private keys are kept. */
export interface KeyStore {
  list(): Promise<
    readonly (SigningKey & { readonly createdDateTime: Date; readonly signsFromDateTime: Date | undefined })[]
  >;
  /** @param signsFromDateTime when it signs; absent: after the usual time in the JWK set */
  add(key: SigningKey, createdDateTime: Date, signsFromDateTime?: Date): Promise<void>;
}
