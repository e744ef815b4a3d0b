import type { Trace } from '../trace/trace.ts';

/** What one policy came to, in the words of Graph's `appliedConditionalAccessPolicy`. */
export interface AppliedPolicy {
  readonly id: string;
  readonly displayName: string;
  /** `success`, `failure`, `interrupted`, `notApplied`, `notEnabled`, or one of these for report-only. */
  readonly result: string;
  readonly enforcedGrantControls: readonly string[];
  readonly enforcedSessionControls: readonly string[];
}

/** What all policies together came to, in the words of Graph's `conditionalAccessStatus`. */
export type AccessResult = 'success' | 'failure' | 'notApplied';

/** A policy that is not satisfied yet is a failure; report-only policies do not count. */
export function accessResultOf(policies: readonly AppliedPolicy[]): AccessResult {
  const results = policies.map(({ result }) => result);
  if (results.some((result) => result === 'failure' || result === 'interrupted')) return 'failure';
  return results.includes('success') ? 'success' : 'notApplied';
}

/** The results of every policy, read from the trace of the sign-in: there is no second place where they are computed. */
export function appliedPolicies({ findings }: Pick<Trace, 'findings'>): readonly AppliedPolicy[] {
  return findings.flatMap(({ because }) => {
    if (because.code !== 'accessPolicyEvaluated') return [];
    const { id, displayName, result, grantControls, sessionControls } = because.evidence;
    return [
      { id, displayName, result, enforcedGrantControls: grantControls, enforcedSessionControls: sessionControls },
    ];
  });
}
