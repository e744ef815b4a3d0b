export interface SigningKey {
  readonly kid: string;
  readonly alg: 'RS256' | 'PS256' | 'ES256';
  /** With `sign`, the public half alone. */
  readonly privateJwk: Record<string, unknown>;
  /** Signs as JWS does, where the private key is on a PKCS #11 token. @throws signingTokenUnavailable */
  readonly sign?: (data: Uint8Array) => Promise<Uint8Array>;
}
