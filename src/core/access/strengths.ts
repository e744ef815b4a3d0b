import { plainHex } from '../hex.ts';
import type { AuthenticationMethod, Proof } from './proof.ts';

/** An authentication strength as Graph spells it (`authenticationStrengthPolicy`). */
export interface AuthenticationStrength {
  readonly id: string;
  readonly displayName: string;
  readonly policyType: 'builtIn' | 'custom';
  /** Each a list of methods joined by commas, all of which are needed. */
  readonly allowedCombinations: readonly string[];
  readonly combinationConfigurations: readonly CombinationConfiguration[];
  readonly description?: string;
  /** ISO 8601 UTC; absent where it was not kept. */
  readonly createdDateTime?: string;
  readonly modifiedDateTime?: string;
}
/** What a certificate or a passkey must be besides (§8.3). Empty lists ask for nothing. */
export interface CombinationConfiguration {
  readonly id: string;
  readonly appliesToCombinations: readonly string[];
  readonly allowedIssuerSkis?: readonly string[];
  readonly allowedPolicyOIDs?: readonly string[];
  readonly allowedAAGUIDs?: readonly string[];
}

const phishingResistant = ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor'];
const withPassword = [
  'microsoftAuthenticatorPush',
  'softwareOath',
  'hardwareOath',
  'x509CertificateSingleFactor',
  'x509CertificateMultiFactor',
  'sms',
  'voice',
];
const withFederation = ['microsoftAuthenticatorPush', 'softwareOath', 'hardwareOath', 'sms', 'voice'];

/** §8.2, the strongest last. `x509CertificateSingleFactor` alone is in none of them (CAP-9). */
export const builtInStrengths: readonly AuthenticationStrength[] = [
  builtIn('002', 'Multifactor authentication', [
    ...phishingResistant,
    'deviceBasedPush',
    'temporaryAccessPassOneTime',
    'temporaryAccessPassMultiUse',
    ...withPassword.map((method) => `password,${method}`),
    'federatedMultiFactor',
    ...withFederation.map((method) => `federatedSingleFactor,${method}`),
  ]),
  builtIn('003', 'Passwordless MFA', [...phishingResistant, 'deviceBasedPush']),
  builtIn('004', 'Phishing-resistant MFA', phishingResistant),
];
/** CAP-2: what the control "require MFA" means. */
export const multifactorStrength = builtInStrengths[0]!;

function builtIn(last: string, displayName: string, allowedCombinations: readonly string[]): AuthenticationStrength {
  const id = `00000000-0000-0000-0000-000000000${last}`;
  return { id, displayName, policyType: 'builtIn', allowedCombinations, combinationConfigurations: [] };
}

/** Does what was proven satisfy the strength? One combination whose every method was shown, within its constraints (CAP-3). */
export function meetsStrength(strength: AuthenticationStrength, proofs: readonly Proof[]): boolean {
  const isProven = provenBy(strength, proofs);
  return methodSetsOf(strength).some((methods) => methods.every(isProven));
}

/** The name of the strongest built-in strength that what was proven satisfies; undefined where one factor is all. */
export const strongestOf = (proofs: readonly Proof[]): string | undefined =>
  builtInStrengths.findLast((strength) => meetsStrength(strength, proofs))?.displayName;

/** For every combination the methods not yet shown as it wants them. */
export function missingSets(
  strength: AuthenticationStrength,
  proofs: readonly Proof[],
): readonly (readonly AuthenticationMethod[])[] {
  const isProven = provenBy(strength, proofs);
  return methodSetsOf(strength).map((methods) => methods.filter((method) => !isProven(method)));
}

/** Was a method shown as the strength wants it? */
function provenBy(
  strength: AuthenticationStrength,
  proofs: readonly Proof[],
): (method: AuthenticationMethod) => boolean {
  const provenMethods = proofs.filter((proof) => meetsConstraints(strength, proof)).map((proof) => proof.method);
  return (method) => provenMethods.includes(method);
}

const methodSets = new WeakMap<readonly string[], readonly (readonly AuthenticationMethod[])[]>();

/** The methods of each combination. Each sign-in asks for those of the same strengths. */
function methodSetsOf({ allowedCombinations }: AuthenticationStrength): readonly (readonly AuthenticationMethod[])[] {
  let sets = methodSets.get(allowedCombinations);
  if (!sets) {
    sets = allowedCombinations.map(methodsOf);
    methodSets.set(allowedCombinations, sets);
  }
  return sets;
}

function methodsOf(combination: string): readonly AuthenticationMethod[] {
  return combination.split(',').map((method) => method.trim() as AuthenticationMethod);
}

/** Every configuration that applies to the proof's method must hold (CAP-11). */
export function meetsConstraints({ combinationConfigurations }: AuthenticationStrength, proof: Proof): boolean {
  const applying = combinationConfigurations.filter((c) =>
    c.appliesToCombinations.some((combination) => methodsOf(combination).includes(proof.method)),
  );
  return applying.every((configuration) => isAllowed(configuration, proof));
}

/**
 * CAP-11: one of the issuers *and* one of the OIDs; a list that is empty or absent asks for nothing. Of a leaf with many
 * OIDs Entra considers the first five that match (CAP-14); since one is enough, that is to consider them all.
 */
function isAllowed(combinationConfiguration: CombinationConfiguration, { certificate, aaguid }: Proof): boolean {
  const {
    allowedIssuerSkis: issuers = [],
    allowedPolicyOIDs: oids = [],
    allowedAAGUIDs: models = [],
  } = combinationConfiguration;
  const issuer = certificate?.issuerSubjectKeyIdentifier; // CAP-13: without an AKI no issuer is proven
  return (
    (issuers.length === 0 || issuers.some((ski) => issuer !== undefined && plainHex(ski) === plainHex(issuer))) &&
    (oids.length === 0 || oids.some((oid) => certificate?.policyOids.includes(oid))) &&
    (models.length === 0 || models.some((model) => model.toLowerCase() === aaguid?.toLowerCase()))
  );
}
