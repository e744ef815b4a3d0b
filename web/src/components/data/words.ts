/** Authentication methods, as sign-ins, sessions and strengths name them. */
const methods: Readonly<Record<string, string>> = {
  windowsHelloForBusiness: 'Windows Hello for Business',
  fido2: 'Passkey (FIDO2)',
  x509CertificateMultiFactor: 'Certificate-based authentication (multifactor)',
  x509CertificateSingleFactor: 'Certificate-based authentication (single-factor)',
  deviceBasedPush: 'Approval on another signed-in device',
  temporaryAccessPassOneTime: 'Temporary Access Pass (one-time use)',
  temporaryAccessPassMultiUse: 'Temporary Access Pass (multi-use)',
  microsoftAuthenticatorPush: 'Approval on another device',
  softwareOath: 'Software OATH token',
  federatedSingleFactor: 'Federated single-factor',
  federatedMultiFactor: 'Federated multifactor',
  password: 'Password',
};

/** A method in words, or several that are separated by commas; a method without words as it is. */
export const methodWords = (ids: string): string =>
  ids
    .split(',')
    .map((id) => methods[id.trim()] ?? id.trim())
    .join(' + ');

/** Controls of Conditional Access policies, as the sign-in log and policies name them. */
const controls: Readonly<Record<string, string>> = {
  mfa: 'Require multifactor authentication',
  block: 'Block access',
  compliantdevice: 'Require device to be marked as compliant',
  domainjoineddevice: 'Require Microsoft Entra hybrid joined device',
  authenticationstrength: 'Require authentication strength',
  signinfrequency: 'Sign-in frequency',
  persistentbrowser: 'Persistent browser session',
};

/** A control in words, with what follows it: "Require authentication strength: Cards". */
export function controlWords(control: string): string {
  const [name = '', ...rest] = control.split(' ');
  const words = controls[name.toLowerCase()];
  if (words === undefined) return control;
  return rest.length > 0 ? `${words}: ${rest.join(' ')}` : words;
}

/** How a Conditional Access policy ended, in the words of the sign-in log. */
const accessResults: Readonly<Record<string, string>> = {
  success: 'Success',
  failure: 'Failure',
  notApplied: 'Not applied',
  notEnabled: 'Disabled',
  reportOnlySuccess: 'Report-only: Success',
  reportOnlyFailure: 'Report-only: Failure',
  reportOnlyNotApplied: 'Report-only: Not applied',
  reportOnlyInterrupted: 'Report-only: User action required',
};
export const accessResultWords = (result: string): string => accessResults[result] ?? result;
