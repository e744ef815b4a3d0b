import type { MethodTarget } from '../../binding/policy.ts';
import type { User } from '../../binding/user.ts';
import type { AuthenticationMethod } from '../proof.ts';

/** Methods besides password and certificate, by Entra's ids of their configurations (Graph: authenticationMethodConfiguration). */
export const methodIds = [
  'Fido2',
  'MicrosoftAuthenticator',
  'SoftwareOath',
  'TemporaryAccessPass',
  'Sms',
  'Voice',
  'Email',
  'HardwareOath',
  'QRCodePin',
  'VerifiableCredentials',
] as const;
export type MethodId = (typeof methodIds)[number];

/** Whether a method may be used, and by whom. */
export interface MethodState {
  readonly id: MethodId;
  readonly state: 'enabled' | 'disabled';
  readonly includeTargets: readonly MethodTarget[];
  readonly excludeTargets: readonly MethodTarget[];
}

/** No text message, call or mail is sent from here, and these tokens, codes and credentials are not read. */
export const notOffered: readonly MethodId[] = [
  'Sms',
  'Voice',
  'Email',
  'HardwareOath',
  'QRCodePin',
  'VerifiableCredentials',
];

const everybody: readonly MethodTarget[] = [{ targetType: 'group', id: 'all_users' }];

/** What is decided of a method: what an administrator wrote, or the factory setting. */
export function methodState(id: MethodId, methodStates: readonly MethodState[]): MethodState {
  const usual = notOffered.includes(id) ? 'disabled' : 'enabled';
  const factory: MethodState = { id, state: usual, includeTargets: everybody, excludeTargets: [] };
  return methodStates.find((methodState) => methodState.id === id) ?? factory;
}

/** Which configuration decides over a method; password and certificate have their own. */
const configurationOf: Partial<Record<AuthenticationMethod, MethodId>> = {
  fido2: 'Fido2',
  softwareOath: 'SoftwareOath',
  temporaryAccessPassOneTime: 'TemporaryAccessPass',
  temporaryAccessPassMultiUse: 'TemporaryAccessPass',
  microsoftAuthenticatorPush: 'MicrosoftAuthenticator',
  deviceBasedPush: 'MicrosoftAuthenticator',
  sms: 'Sms',
  voice: 'Voice',
  email: 'Email',
};

/** May this person use the method? Excluding wins over including, and groups count with those inside them. */
export function isMethodAllowed(
  method: AuthenticationMethod,
  user: Pick<User, 'groupIds'>,
  methodStates: readonly MethodState[],
): boolean {
  const id = configurationOf[method];
  if (id === undefined) return true;
  const { state, includeTargets, excludeTargets } = methodState(id, methodStates);
  const names = ({ id: target }: MethodTarget) =>
    target === 'all_users' || user.groupIds.includes(target.toLowerCase());
  return state === 'enabled' && includeTargets.some(names) && !excludeTargets.some(names);
}
