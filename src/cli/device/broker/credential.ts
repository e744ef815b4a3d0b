import { randomUUID } from 'node:crypto';
import { cardAlgorithmOf } from '#core/device/client/card-key.ts';
import { compactJws, type JwsMembers, signingInputOf } from '#core/device/client/write-jws.ts';
import type { SignInName } from '#core/device/sign-in-name.ts';
import { brokerAppId, windowsSignInAppId } from '#core/directory/well-known-applications.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { publicKey } from '#core/x509/algorithms/public-key.ts';
import type { CardKey } from '../keys/card-key.ts';
import type { CredentialKind } from '../state/device-state.ts';
import { jwtBearerGrant } from '../well-known.ts';

/** What a user proves who they are with, as a request for a primary refresh token carries it (windows-sign-in §3.2). */
export interface Credential {
  readonly kind: CredentialKind;
  readonly clientId: string;
  /** SHA-256 of the certificate, where it is one. */
  readonly certificateThumbprint?: string;
  /** The members of the payload that hold the credential. */
  members(circumstances: RequestCircumstances): Promise<JwsMembers>;
}

/** What a signed request depends on. */
export interface RequestCircumstances {
  readonly nonce: string;
  /** Audience of an assertion. */
  readonly issuer: string;
  readonly at: Date;
}

/** Seconds until an assertion ends: it is used at once. */
const assertionLifetime = 300;

/** A certificate of a card: its key signs an assertion (windows-sign-in §3.4, §4.6). */
export function certificateCredential(
  key: CardKey,
  { name, source }: SignInName,
  domainHint: string | undefined,
): Credential {
  return {
    kind: 'certificate',
    clientId: windowsSignInAppId,
    certificateThumbprint: key.certificate.sha256Thumbprint,
    async members({ nonce, issuer, at }) {
      const issuedAt = Math.floor(at.getTime() / 1000);
      const assertion = await signAssertion(key, {
        iss: name,
        aud: issuer,
        iat: issuedAt,
        exp: issuedAt + assertionLifetime,
        request_nonce: nonce,
        jti: randomUUID(),
        hint_src: source,
        ...(domainHint === undefined ? {} : { domain_hint: domainHint }),
      });
      return { grant_type: jwtBearerGrant, username: name, assertion };
    },
  };
}

/** An assertion, signed by the card. @throws cardKeyUnsupported, what {@link CardKey.sign} does */
export async function signAssertion(key: CardKey, payload: JwsMembers): Promise<string> {
  const algorithm = orThrow(cardAlgorithmOf(publicKey(key.certificate.subjectPublicKeyInfo)));
  const x5c = [key.certificate.der, ...key.chain].map((der) => Buffer.from(der).toString('base64'));
  const signingInput = signingInputOf({ typ: 'JWT', alg: algorithm, x5c }, payload);
  return compactJws(signingInput, await key.sign(algorithm, signingInput));
}

/** A refresh token of the authentication broker, from an interactive sign-in. */
export const refreshTokenCredential = (refreshToken: string): Credential => ({
  kind: 'refreshToken',
  clientId: brokerAppId,
  members: async () => ({ grant_type: 'refresh_token', refresh_token: refreshToken }),
});

/** A user name and its password. */
export const passwordCredential = (username: string, password: string): Credential => ({
  kind: 'password',
  clientId: windowsSignInAppId,
  members: async () => ({ grant_type: 'password', username, password }),
});
