import { type Because, because } from '../trace/reasons.ts';
import { passed, type Ruling } from '../trace/ruling.ts';
import { appliesTo } from './conditions/applies-to.ts';
import type { Situation } from './conditions/situation.ts';
import {
  type ControlOutcome,
  evaluateGrantControls,
  grantControlNames,
  type Unmet,
} from './controls/grant-controls.ts';
import { evaluateFrequency, sessionControlNames, sessionOf } from './controls/session-controls.ts';
import type { ConditionalAccessPolicy } from './policy.ts';
import type { AccessGrant, Proof } from './proof.ts';
import { meetsStrength, multifactorStrength } from './strengths.ts';

/** What one policy came to, in the words of the sign-in log (`appliedConditionalAccessPolicies.result`). */
export type PolicyResult =
  | 'success'
  | 'failure'
  | 'interrupted'
  | 'notApplied'
  | 'notEnabled'
  | 'reportOnlySuccess'
  | 'reportOnlyFailure'
  | 'reportOnlyInterrupted'
  | 'reportOnlyNotApplied';

interface Outcome {
  readonly policy: ConditionalAccessPolicy;
  readonly applies: boolean;
  readonly unmet: Unmet | undefined;
  /** The controls that were not satisfied. */
  readonly lacking: readonly string[];
}

/**
 * Conditional Access, after the first factor (CAP-1). Every policy that applies must be satisfied (CAP-4); a refusal
 * outranks an interruption, and a block every other refusal. Report-only policies are evaluated and decide nothing. With
 * no policies every user passes. `reported` has one entry for each policy.
 */
export function evaluateAccess(
  policies: readonly ConditionalAccessPolicy[],
  situation: Situation,
  proofs: readonly Proof[],
): { readonly ruling: Ruling<AccessGrant>; readonly reported: readonly Because[] } {
  const userProofs = proofs.filter((proof) => proof.userId === situation.user.id);
  const outcomes = policies.map((policy) => evaluatePolicy(policy, situation, userProofs));
  const enforcedOutcomes = outcomes.filter(({ policy, applies }) => applies && policy.state === 'enabled');
  const unmet = enforcedOutcomes
    .flatMap((outcome) => outcome.unmet ?? [])
    .toSorted((a, b) => severity(a) - severity(b));
  return {
    ruling: unmet[0] ?? grants(enforcedOutcomes, situation, userProofs),
    reported: outcomes.map((outcome) => reportOf(outcome, situation)),
  };
}

function evaluatePolicy(policy: ConditionalAccessPolicy, situation: Situation, proofs: readonly Proof[]): Outcome {
  if (policy.state === 'disabled' || !appliesTo(policy, situation))
    return { policy, applies: false, unmet: undefined, lacking: [] };
  const controls = evaluateGrantControls(policy, situation, proofs);
  const grant = text(controls, policy.grantControls?.operator ?? 'OR');
  const stale = evaluateFrequency(policy, situation, proofs);
  const lacking = grant ? controls.filter(({ unmet }) => unmet).map(({ control }) => control) : [];
  return { policy, applies: true, unmet: grant ?? stale, lacking: stale ? [...lacking, 'signInFrequency'] : lacking };
}

/** AND: the gravest that is lacking. OR: nothing if any is satisfied, else the one a person can do something about. */
function text(controls: readonly ControlOutcome[], operator: 'AND' | 'OR'): Unmet | undefined {
  const unmet = controls.flatMap((control) => control.unmet ?? []).toSorted((a, b) => severity(a) - severity(b));
  const block = unmet.find(({ because: { code } }) => code === 'accessBlocked');
  if (block || operator === 'AND') return block ?? unmet[0];
  return unmet.length < controls.length ? undefined : unmet.at(-1);
}

function severity({ outcome, because: { code } }: Unmet): number {
  return code === 'accessBlocked' ? 0 : outcome === 'refused' ? 1 : 2;
}

function grants(
  outcomes: readonly Outcome[],
  { authenticationContexts = [] }: Situation,
  proofs: readonly Proof[],
): Ruling<AccessGrant> {
  const multiFactor = meetsStrength(multifactorStrength, proofs);
  const appliedPolicies = outcomes.map(({ policy }) => policy);
  const contexts = authenticationContexts.length > 0 ? { authenticationContexts } : {};
  return passed({ multiFactor, ...contexts, ...sessionOf(appliedPolicies) }, 'accessGranted', {
    multiFactor,
    methods: [...new Set(proofs.map((proof) => proof.method))],
    policies: appliedPolicies.map((policy) => policy.displayName),
  });
}

function reportOf(outcome: Outcome, situation: Situation): Because {
  const { policy, lacking } = outcome;
  return because('accessPolicyEvaluated', {
    id: policy.id,
    displayName: policy.displayName,
    result: resultOf(outcome),
    grantControls: grantControlNames(policy, situation),
    sessionControls: sessionControlNames(policy),
    unmet: lacking,
  });
}

function resultOf({ policy, applies, unmet }: Outcome): PolicyResult {
  if (policy.state === 'disabled') return 'notEnabled';
  const reportOnly = policy.state === 'enabledForReportingButNotEnforced';
  if (!applies) return reportOnly ? 'reportOnlyNotApplied' : 'notApplied';
  const result = !unmet ? 'success' : unmet.outcome === 'refused' ? 'failure' : 'interrupted';
  return reportOnly
    ? ({ success: 'reportOnlySuccess', failure: 'reportOnlyFailure', interrupted: 'reportOnlyInterrupted' } as const)[
        result
      ]
    : result;
}
