import {
  type AuthenticationStrength,
  builtInStrengths,
  type CombinationConfiguration,
  multifactorStrength,
} from '#core/access/strengths.ts';
import type { Item } from '../../odata/evaluate.ts';

/** Built-in or the tenant's own. */
export function findStrength(
  id: string,
  authenticationStrengths: readonly AuthenticationStrength[],
): AuthenticationStrength | undefined {
  const target = id.toLowerCase();
  return [...builtInStrengths, ...authenticationStrengths].find((item) => item.id.toLowerCase() === target);
}

/** When Microsoft's own strengths came to be, as its API says. */
const builtInSince = '2021-12-01T00:00:00Z';

/** A strength as Graph shows it (graph-api §11.2). */
export function strengthItem(strength: AuthenticationStrength): Item {
  const { id, displayName, description, policyType, allowedCombinations } = strength;
  const createdDateTime = strength.createdDateTime ?? builtInSince;
  return {
    id,
    createdDateTime,
    modifiedDateTime: strength.modifiedDateTime ?? createdDateTime,
    displayName,
    description: description ?? '',
    policyType,
    requirementsSatisfied: isMultiFactor(allowedCombinations) ? 'mfa' : 'none',
    allowedCombinations,
    combinationConfigurations: strength.combinationConfigurations.map(configurationItem),
  };
}

/** Whether each of these combinations has more than one factor. */
export function isMultiFactor(combinations: readonly string[]): boolean {
  return combinations.every((combination) => multifactorStrength.allowedCombinations.includes(combination));
}

export function configurationItem(configuration: CombinationConfiguration): Item {
  const { id, appliesToCombinations, allowedAAGUIDs } = configuration;
  if (allowedAAGUIDs)
    return { '@odata.type': `#microsoft.graph.${types.fido2}`, id, appliesToCombinations, allowedAAGUIDs };
  return {
    '@odata.type': `#microsoft.graph.${types.x509}`,
    id,
    appliesToCombinations,
    allowedIssuerSkis: configuration.allowedIssuerSkis ?? [],
    allowedPolicyOIDs: configuration.allowedPolicyOIDs ?? [],
  };
}

const types = {
  fido2: 'fido2CombinationConfiguration',
  x509: 'x509CertificateCombinationConfiguration',
} as const;
