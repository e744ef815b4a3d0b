import { amrOf, pairwiseSubject, personClaims } from '#core/token/claims.ts';
import type { Granted } from '#core/verdict.ts';
import type { Application } from '#model/application.ts';
import { acrOf, certificateClaims, isClaimWanted } from './optional-claims.ts';

/** What an id_token for this application would say of a sign-in that was granted. Nothing is signed. */
export function claimsPreview(
  { user, proofs, access }: Granted,
  application: Application,
  tenantId: string,
): Readonly<Record<string, unknown>> {
  const amr = amrOf(proofs, access.multiFactor);
  const { authenticationContexts = [] } = access;
  return {
    aud: application.appId,
    ...personClaims(user, tenantId),
    sub: pairwiseSubject(user.id, { tenantId, clientId: application.appId }),
    amr,
    ...(isClaimWanted(application, 'idToken', 'acr') ? { acr: acrOf(amr) } : {}),
    ...(authenticationContexts.length > 0 ? { acrs: authenticationContexts } : {}),
    ...certificateClaims(application, 'idToken', proofs),
  };
}
