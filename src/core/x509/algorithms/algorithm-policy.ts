/** Which signatures and keys count. Data, so that each refusal can name its line (PATH-13). */
export interface AlgorithmPolicy {
  readonly minimumRsaBits: number;
  /** Above this a key costs the verifier more than it can be worth. */
  readonly maximumRsaBits: number;
  /** OpenSSL's names. */
  readonly curves: readonly string[];
  readonly hashes: readonly string[];
  readonly keyTypes: readonly string[];
}

/** RFC 5639, as German and health cards have them. */
export const brainpoolCurves = ['brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'] as const;

/** Microsoft's and NIST's present floor: RSA 2048, the NIST curves, SHA-256 and up; no SHA-1, no DSA. */
export const defaultAlgorithmPolicy: AlgorithmPolicy = {
  minimumRsaBits: 2048,
  maximumRsaBits: 16384,
  curves: ['prime256v1', 'secp384r1', 'secp521r1'],
  hashes: ['sha256', 'sha384', 'sha512'],
  keyTypes: ['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448'],
};

const withBrainpool: AlgorithmPolicy = {
  ...defaultAlgorithmPolicy,
  curves: [...defaultAlgorithmPolicy.curves, ...brainpoolCurves],
};

/** The policy of a tenant. The same settings give the same object, so that what was found out under it may be kept with it. */
export const algorithmsOf = (settings: { readonly brainpoolCurves?: boolean } | undefined): AlgorithmPolicy =>
  settings?.brainpoolCurves ? withBrainpool : defaultAlgorithmPolicy;
