import type { ConditionalAccessPolicy } from '../policy.ts';
import type { Proof } from '../proof.ts';
import { meetsStrength, multifactorStrength } from '../strengths.ts';
import { isCertificate } from './grant-controls.ts';

/** The resource that brokers name where a primary refresh token is to get the MFA claim (windows-sign-in §3.9). */
export const updatePrimaryTokenResource = 'urn:aad:tb:update:prt';

/** How old a proof may be that gives the claim, in seconds (windows-sign-in §3.8). */
const freshSeconds = 600;

/** In force without a policy of the tenant: the claim is given for what was just proven, whatever the session proved before. */
const builtInPolicy: ConditionalAccessPolicy = {
  id: 'updatePrimaryToken',
  displayName: 'A primary refresh token gets the MFA claim by a recent multifactor sign-in',
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: [updatePrimaryTokenResource] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
};

/** What decides about the MFA claim of a primary refresh token, and what counts: what was proven in the last ten minutes. */
export function updatePrimaryTokenRules(request: {
  readonly policies: readonly ConditionalAccessPolicy[];
  readonly proofs: readonly Proof[];
  readonly at: Date;
}): { readonly policies: readonly ConditionalAccessPolicy[]; readonly proofs: readonly Proof[] } {
  const { policies, proofs, at } = request;
  return { policies: [...policies, builtInPolicy], proofs: proofs.filter(isFresh(at)) };
}

const isFresh = (at: Date) => {
  const since = at.getTime() - freshSeconds * 1000;
  return (proof: Proof): boolean => Date.parse(proof.at) >= since;
};

/**
 * Whether the proofs give `ngcmfa`: they are multifactor, and one of the last ten minutes is neither a password nor a
 * certificate, which never gives it (windows-sign-in §3.8).
 */
export const givesNgcMfa = (proofs: readonly Proof[], at: Date): boolean =>
  meetsStrength(multifactorStrength, proofs) &&
  proofs.filter(isFresh(at)).some(({ method }) => method !== 'password' && !isCertificate(method));
