import { type Interruption, interrupted, type Refusal, refused } from '../../trace/ruling.ts';
import type { Situation } from '../conditions/situation.ts';
import type { ConditionalAccessPolicy, GrantControls } from '../policy.ts';
import type { AuthenticationMethod, Proof } from '../proof.ts';
import {
  type AuthenticationStrength,
  builtInStrengths,
  meetsStrength,
  missingSets,
  multifactorStrength,
} from '../strengths.ts';

/** Why a control is not satisfied, or undefined when it is. */
export type Unmet = Refusal | Interruption;
export interface ControlOutcome {
  readonly control: string;
  readonly unmet: Unmet | undefined;
}

/** Every control of the policy, and whether what was proven and is known satisfies it. */
export function evaluateGrantControls(
  policy: ConditionalAccessPolicy,
  situation: Situation,
  proofs: readonly Proof[],
): readonly ControlOutcome[] {
  const { builtInControls = [], authenticationStrength, termsOfUse = [] } = policy.grantControls ?? noControls;
  const outcomes = builtInControls.map((control) => ({
    control,
    unmet: evaluateBuiltIn(control, policy, situation, proofs),
  }));
  if (authenticationStrength) outcomes.push(evaluateStrength(authenticationStrength.id, policy, situation, proofs));
  return termsOfUse.length === 0 ? outcomes : [...outcomes, evaluateTerms(termsOfUse, policy, situation)];
}
const noControls: GrantControls = { operator: 'OR' };

function evaluateBuiltIn(
  control: string,
  policy: ConditionalAccessPolicy,
  situation: Situation,
  proofs: readonly Proof[],
): Unmet | undefined {
  const { displayName } = policy;
  const { device } = situation;
  switch (control) {
    case 'block':
      return refused('accessBlocked', { policy: displayName });
    case 'mfa':
      return demand(multifactorStrength, { control: 'mfa', policy: displayName }, situation, proofs);
    case 'compliantDevice':
      if (device?.isCompliant) return undefined;
      return refused('deviceNotCompliant', { policy: displayName, device: device ? 'not' : 'unknown' });
    case 'domainJoinedDevice':
      if (device?.trustType === 'ServerAd') return undefined;
      return refused('deviceNotJoined', { policy: displayName, device: device ? 'not' : 'unknown' });
    default:
      return refused('accessControlUnknown', { policy: displayName, control });
  }
}

function evaluateStrength(
  id: string,
  { displayName }: ConditionalAccessPolicy,
  situation: Situation,
  proofs: readonly Proof[],
): ControlOutcome {
  const [strength, control] = [strengthOf(id, situation), strengthControl(id, situation)];
  if (!strength) return { control, unmet: refused('accessControlUnknown', { policy: displayName, control }) };
  return {
    control,
    unmet: demand(strength, { control: 'authenticationStrength', policy: displayName }, situation, proofs),
  };
}

/** The grant controls of a policy as the log names them: a strength by its name (CAP-16). */
export function grantControlNames({ grantControls }: ConditionalAccessPolicy, situation: Situation): readonly string[] {
  const { builtInControls = [], authenticationStrength, termsOfUse = [] } = grantControls ?? noControls;
  return [
    ...builtInControls,
    ...(authenticationStrength ? [strengthControl(authenticationStrength.id, situation)] : []),
    ...(termsOfUse.length > 0 ? ['termsOfUse'] : []),
  ];
}

function strengthControl(id: string, situation: Situation): string {
  return `authenticationStrength ${strengthOf(id, situation)?.displayName ?? id}`;
}

function strengthOf(id: string, { strengths = [] }: Situation): AuthenticationStrength | undefined {
  return [...builtInStrengths, ...strengths].find((item) => item.id.toLowerCase() === id.toLowerCase());
}

/** The grant control that demands a strength, and the name of its policy. */
interface DemandingControl {
  readonly control: 'mfa' | 'authenticationStrength';
  readonly policy: string;
}

/** CAP-3, CAP-5: satisfied; or the shortest way to satisfy it that is open to this person; or none (MFA-4, CAP-15). */
function demand(
  strength: AuthenticationStrength,
  { control, policy }: DemandingControl,
  situation: Situation,
  proofs: readonly Proof[],
): Unmet | undefined {
  if (meetsStrength(strength, proofs)) return undefined;
  const certificate = proofs.findLast((proof) => proof.certificate !== undefined);
  const ways = waysOpen(strength, situation, proofs);
  const [missing] = ways;
  if (missing) {
    const kind = missing.some(isCertificate) ? 'certificate' : 'secondFactor';
    const ask = { kind, methods: [...new Set(ways.flat())] } as const;
    return interrupted(ask, 'secondFactorNeeded', { policy, strength: strength.displayName, missing });
  }
  const methods = proofs.map((proof) => proof.method);
  if (!certificate || control === 'mfa')
    return refused('secondFactorUnavailable', { policy, strength: strength.displayName, methods });
  return refused('certificateStrengthUnmet', {
    policy,
    strength: strength.displayName,
    method: certificate.method,
    issuer: certificate.certificate?.issuerSubjectKeyIdentifier ?? '',
    policyOids: certificate.certificate?.policyOids ?? [],
  });
}

/** What would complete the strength and nothing more, shortest first; a certificate before other methods (MFA-5). */
function waysOpen(strength: AuthenticationStrength, situation: Situation, proofs: readonly Proof[]) {
  const open = missingSets(strength, proofs).filter((missing) =>
    missing.every((method) => isOpen(method, situation, proofs)),
  );
  const shortest = open.filter((way) => !open.some((second) => second.length < way.length && isPart(second, way)));
  return shortest.toSorted(
    (a, b) => a.length - b.length || Number(b.some(isCertificate)) - Number(a.some(isCertificate)),
  );
}

const isPart = (part: readonly string[], items: readonly string[]) => part.every((item) => items.includes(item));

/**
 * Can this person still show the method? One certificate a session (PAGE-11); a device approves by itself only after one
 * (MFA-8). A password completes a certificate as a certificate completes a password (MFA-5; Entra takes them in that
 * order alone). What is registered is not always known: then it may be.
 */
function isOpen(method: AuthenticationMethod, { availableMethods }: Situation, proofs: readonly Proof[]): boolean {
  const hasCertificate = proofs.some((proof) => isCertificate(proof.method));
  if (hasCertificate && isCertificate(method)) return false;
  if (method === 'deviceBasedPush' && !hasCertificate) return false;
  if (availableMethods) return availableMethods.includes(method);
  return !method.startsWith('federated') && method !== 'password' && !method.startsWith('temporaryAccessPass');
}

/** Whether a method is a certificate of either strength. */
export function isCertificate(method: AuthenticationMethod): boolean {
  return method.startsWith('x509Certificate');
}

function evaluateTerms(
  terms: readonly string[],
  { displayName }: ConditionalAccessPolicy,
  { acceptedTerms = [] }: Situation,
): ControlOutcome {
  const open = terms.filter((term) => !acceptedTerms.includes(term));
  const unmet =
    open.length === 0
      ? undefined
      : interrupted({ kind: 'termsOfUse' }, 'termsNotAccepted', { policy: displayName, terms: open });
  return { control: 'termsOfUse', unmet };
}
