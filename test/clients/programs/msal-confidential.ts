import { AuthError, ConfidentialClientApplication, type NodeAuthOptions } from '@azure/msal-node';
import { answerOfProgram, programInput } from '../program.ts';

/** A service with MSAL: client credentials by secret or by certificate, for one resource after the other. */
const { origin, tenant, scopes, ...credential } = programInput<
  { origin: string; tenant: string; scopes: string[] } & Pick<
    NodeAuthOptions,
    'clientId' | 'clientSecret' | 'clientCertificate'
  >
>();
const application = new ConfidentialClientApplication({
  auth: { authority: `${origin}/${tenant}`, knownAuthorities: [new URL(origin).host], ...credential },
});
try {
  const tokens: unknown[] = [];
  for (const scope of scopes) {
    tokens.push((await application.acquireTokenByClientCredential({ scopes: [scope] }))?.accessToken);
  }
  answerOfProgram({ tokens });
} catch (problem) {
  if (!(problem instanceof AuthError)) throw problem;
  const { name, errorCode, errorMessage } = problem;
  answerOfProgram({ refused: { name, errorCode, errorMessage } });
}
