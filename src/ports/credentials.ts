import type { PasskeyMethod } from '#model/authentication-method.ts';

/** Hashing of passwords: slow on purpose, so it is a promise. */
export interface Passwords {
  /** A PHC string of Argon2id. */
  hash(password: string): Promise<string>;
  /** Takes as long for an unknown user (`phc` undefined) as for a wrong password. */
  verify(phc: string | undefined, password: string): Promise<boolean>;
}

/** The ceremonies of WebAuthn, with user verification. `response` is JSON from a browser, unread; `origin` the login host's. */
export interface Passkeys {
  verifyAssertion(request: {
    readonly response: unknown;
    readonly challenge: string;
    readonly origin: string;
    readonly passkey: PasskeyMethod & { readonly counter: number };
  }): Promise<{ readonly counter: number } | { readonly problem: string }>;
  verifyRegistration(request: {
    readonly response: unknown;
    readonly challenge: string;
    readonly origin: string;
  }): Promise<
    Pick<PasskeyMethod, 'credentialId' | 'publicKey' | 'aaguid' | 'transports'> | { readonly problem: string }
  >;
}
