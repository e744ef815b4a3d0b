import { writeFileSync } from 'node:fs';
import {
  AuthenticationRequiredError,
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
} from '@azure/identity';
import { answerOfProgram, programInput } from '../program.ts';

/** A service with the Azure SDK: a token by secret, or by a file with certificate and key. */
const { origin, tenant, clientId, scopes, ...by } = programInput<{
  origin: string;
  tenant: string;
  clientId: string;
  scopes: string[];
  secret?: string;
  pem?: { file: string; text: string };
  sendCertificateChain?: boolean;
}>();
const options = { authorityHost: origin, disableInstanceDiscovery: true };
function credential(): TokenCredential {
  if (by.secret !== undefined) return new ClientSecretCredential(tenant, clientId, by.secret, options);
  const { file, text } = by.pem!;
  writeFileSync(file, text);
  const sendCertificateChain = by.sendCertificateChain ?? false;
  return new ClientCertificateCredential(tenant, clientId, file, { ...options, sendCertificateChain });
}
try {
  const tokenCredential = credential();
  const tokens: unknown[] = [];
  for (const scope of scopes) tokens.push((await tokenCredential.getToken(scope))?.token);
  answerOfProgram({ tokens });
} catch (problem) {
  if (!(problem instanceof AuthenticationRequiredError)) throw problem;
  answerOfProgram({ refused: { message: problem.message } });
}
