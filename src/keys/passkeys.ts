import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Passkeys } from '#ports/credentials.ts';

/** What browsers offer and FIDO certifies: EdDSA, ES256, RS256. */
const algorithms = [-8, -7, -257];

/** Loaded at the first passkey: it is a tenth of the processor time of a start, and most commands need none. */
const load = () => import('@simplewebauthn/server');

/** WebAuthn's ceremonies, evaluated by `@simplewebauthn/server`. What it throws over is a refusal. */
export const passkeys: Passkeys = {
  async verifyAssertion({ response, challenge, origin, passkey }) {
    const credential = {
      id: passkey.credentialId,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      counter: passkey.counter,
    };
    const { verifyAuthenticationResponse } = await load();
    return refusedAsProblem(async () => {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: new URL(origin).hostname,
        credential,
        requireUserVerification: true,
      });
      return verified ? { counter: authenticationInfo.newCounter } : { problem: 'its signature is wrong' };
    });
  },
  async verifyRegistration({ response, challenge, origin }) {
    const { verifyRegistrationResponse } = await load();
    return refusedAsProblem(async () => {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: new URL(origin).hostname,
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      });
      if (!verified) return { problem: 'its signature is wrong' };
      const { credential, aaguid } = registrationInfo;
      return {
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        aaguid,
        transports: (credential.transports ?? []).map(String).slice(0, 8),
      };
    });
  },
};

async function refusedAsProblem<T>(ceremony: () => Promise<T>): Promise<T | { readonly problem: string }> {
  try {
    return await ceremony();
  } catch (problem) {
    return { problem: problem instanceof Error ? problem.message.slice(0, 300) : 'it cannot be read' };
  }
}
