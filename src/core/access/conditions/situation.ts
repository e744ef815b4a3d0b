import type { User } from '../../binding/user.ts';
import type { DeviceFacts } from '../device/device-facts.ts';
import type { ClientAppType, NamedLocation } from '../policy.ts';
import type { AuthenticationMethod } from '../proof.ts';
import type { AuthenticationStrength } from '../strengths.ts';

/**
 * What Conditional Access looks at, besides what was proven. An absent fact is an unknown one: it brings a policy to
 * apply and never lifts it.
 */
export interface Situation {
  readonly user: Pick<User, 'id' | 'groupIds'>;
  readonly applicationId: string;
  readonly ipAddress: string;
  /** The resource asked for, when it is not the application itself. */
  readonly resourceId?: string;
  /** `browser` when absent: that is where sign-in pages are shown. */
  readonly clientAppType?: ClientAppType;
  /** Template ids of the directory roles the user holds. */
  readonly roleTemplateIds?: readonly string[];
  /** The device that proved itself in this very request; absent for any other device. */
  readonly device?: DeviceFacts;
  readonly platform?: string;
  readonly userAction?: string;
  /** Authentication contexts a claims challenge asks for (`acrs`). */
  readonly authenticationContexts?: readonly string[];
  /** Methods this user has registered or may use; absent when it is not known. */
  readonly availableMethods?: readonly AuthenticationMethod[];
  readonly acceptedTerms?: readonly string[];
  /** Now, for the sign-in frequency. */
  readonly at?: Date;
  /** The tenant's own strengths and places, to which its policies refer. */
  readonly strengths?: readonly AuthenticationStrength[];
  readonly namedLocations?: readonly NamedLocation[];
}
