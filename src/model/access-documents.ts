import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';

/** Conditional Access and what its policies refer to. */
export interface AccessDocuments {
  readonly policies: readonly ConditionalAccessPolicy[];
  readonly strengths: readonly AuthenticationStrength[];
  readonly namedLocations: readonly NamedLocation[];
}
