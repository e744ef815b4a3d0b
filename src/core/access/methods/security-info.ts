import type { ConditionalAccessPolicy } from '../policy.ts';
import type { AuthenticationMethod, Proof } from '../proof.ts';

/** The page where people register and remove methods, under the application id it has in every Entra tenant. */
export const securityInfoAppId = '19db86c3-b2b9-44cc-b339-36da233a3be2';
/** The user action of Conditional Access that policies about registration name. */
export const registerSecurityInfo = 'urn:user:registersecurityinfo';

/** How old a proof may be that opens the page, in seconds. */
const freshSeconds = 900;

/**
 * In force without a policy of the tenant: a user who can sign in with multifactor must do so before changing security info.
 * Otherwise a stolen password, or a browser left open, could register a factor of its own.
 */
const builtInPolicy: ConditionalAccessPolicy = {
  id: 'securityInfo',
  displayName: 'Security info asks for a recent multifactor sign-in',
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: [securityInfoAppId] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
};

/** What decides about the page, and what counts: for a user who has more than a password, only what was just proven. */
export function securityInfoRules(request: {
  readonly policies: readonly ConditionalAccessPolicy[];
  readonly proofs: readonly Proof[];
  readonly availableMethods: readonly AuthenticationMethod[];
  readonly at: Date;
}): { readonly policies: readonly ConditionalAccessPolicy[]; readonly proofs: readonly Proof[] } {
  const { policies, proofs, availableMethods, at } = request;
  if (availableMethods.every((method) => method === 'password')) return { policies, proofs };
  const since = new Date(at.getTime() - freshSeconds * 1000).toISOString();
  return { policies: [...policies, builtInPolicy], proofs: proofs.filter((proof) => proof.at >= since) };
}
