import { refusedCall } from './activities.ts';

/** Paths under which an operation is offered a second time, and the path that names it in the table. */
const aliases: readonly (readonly [string, string])[] = [
  ['me/', 'users/{id}/'],
  ['identity/conditionalaccess/authenticationstrength/policies', 'policies/authenticationstrengthpolicies'],
  ['directory/featurerolloutpolicies', 'policies/featurerolloutpolicies'],
];

const pki = 'directory/publickeyinfrastructure/certificatebasedauthconfigurations';
const classic = 'organization/{org}/certificatebasedauthconfiguration';
const methods = 'policies/authenticationmethodspolicy';
const method = 'users/{id}/authentication';
const contexts = 'identity/conditionalaccess/authenticationcontextclassreferences';
const branding = 'organization/{org}/branding';
const pictureOfBranding = 'Update company branding logo';
const secrets = 'Update application - Certificates and secrets management';

/** Paths of Graph, and by method the activity of the change: the name that its row has when it succeeds (graph-api §12.3). */
const table: readonly (readonly [path: string, Readonly<Record<string, string>>])[] = [
  ['users', { POST: 'Add user' }],
  ['users/{id}', { PATCH: 'Update user', DELETE: 'Delete user' }],
  ['users/{id}/revokesigninsessions', { POST: 'Update StsRefreshTokenValidFrom Timestamp' }],
  ['users/{id}/sessions/{session}/end', { POST: 'End session' }],
  ['users/{id}/signins/{signin}/reportnotme', { POST: 'User reported suspicious sign-in' }],
  [`${method}/fido2methods/{method}`, { DELETE: 'Delete security info' }],
  [`${method}/softwareoathmethods/{method}`, { DELETE: 'Delete security info' }],
  [`${method}/temporaryaccesspassmethods`, { POST: 'Register security info' }],
  [`${method}/temporaryaccesspassmethods/{method}`, { DELETE: 'Delete security info' }],
  ['groups', { POST: 'Add group' }],
  ['groups/{id}', { PATCH: 'Update group', DELETE: 'Delete group' }],
  ['groups/{id}/members/$ref', { POST: 'Add member to group' }],
  ['groups/{id}/members/{member}/$ref', { DELETE: 'Remove member from group' }],
  ['groups/{id}/owners/$ref', { POST: 'Add owner to group' }],
  ['groups/{id}/owners/{owner}/$ref', { DELETE: 'Remove owner from group' }],
  ['directoryroles', { POST: 'Add role from template' }],
  ['directoryroles/{id}/members/$ref', { POST: 'Add member to role' }],
  ['directoryroles/{id}/members/{member}/$ref', { DELETE: 'Remove member from role' }],
  ['rolemanagement/directory/roleassignments', { POST: 'Add member to role' }],
  ['rolemanagement/directory/roleassignments/{id}', { DELETE: 'Remove member from role' }],
  ['applications', { POST: 'Add application' }],
  ['applications/{id}', { PATCH: 'Update application', DELETE: 'Delete application' }],
  ['applications/{id}/extensionproperties', { POST: 'Update application' }],
  ['applications/{id}/extensionproperties/{property}', { DELETE: 'Update application' }],
  ['applications/{id}/addpassword', { POST: secrets }],
  ['applications/{id}/removepassword', { POST: secrets }],
  ['serviceprincipals', { POST: 'Add service principal' }],
  ['serviceprincipals/{id}', { PATCH: 'Update application', DELETE: 'Remove service principal' }],
  ['serviceprincipals/{id}/addpassword', { POST: secrets }],
  ['serviceprincipals/{id}/removepassword', { POST: secrets }],
  ['oauth2permissiongrants', { POST: 'Add delegated permission grant' }],
  [
    'oauth2permissiongrants/{id}',
    { PATCH: 'Update delegated permission grant', DELETE: 'Remove delegated permission grant' },
  ],
  ['serviceprincipals/{id}/approleassignments', { POST: 'Add app role assignment to service principal' }],
  [
    'serviceprincipals/{id}/approleassignments/{assignment}',
    { DELETE: 'Remove app role assignment from service principal' },
  ],
  ['serviceprincipals/{id}/approleassignedto', { POST: 'Add app role assignment to service principal' }],
  [
    'serviceprincipals/{id}/approleassignedto/{assignment}',
    { DELETE: 'Remove app role assignment from service principal' },
  ],
  [methods, { PATCH: 'Authentication Methods Policy Update' }],
  [
    `${methods}/authenticationmethodconfigurations/{method}`,
    { PATCH: 'Authentication Methods Policy Update', DELETE: 'Authentication Methods Policy Reset' },
  ],
  ['identity/conditionalaccess/policies', { POST: 'Add Conditional Access policy' }],
  [
    'identity/conditionalaccess/policies/{id}',
    { PATCH: 'Update Conditional Access policy', DELETE: 'Delete Conditional Access policy' },
  ],
  ['identity/conditionalaccess/namedlocations', { POST: 'Add named location' }],
  [
    'identity/conditionalaccess/namedlocations/{id}',
    { PATCH: 'Update named location', DELETE: 'Delete named location' },
  ],
  ['identity/conditionalaccess/deleteditems/policies/{id}/restore', { POST: 'Restore Conditional Access policy' }],
  ['identity/conditionalaccess/deleteditems/policies/{id}', { DELETE: 'Hard Delete Conditional Access policy' }],
  ['identity/conditionalaccess/deleteditems/namedlocations/{id}/restore', { POST: 'Restore named location' }],
  ['identity/conditionalaccess/deleteditems/namedlocations/{id}', { DELETE: 'Hard Delete named location' }],
  [contexts, { POST: 'Add AuthenticationContextClassReference' }],
  [
    `${contexts}/{id}`,
    {
      PATCH: 'Update AuthenticationContextClassReference',
      DELETE: 'Delete AuthenticationContextClassReference',
    },
  ],
  ['policies/authenticationstrengthpolicies', { POST: 'Authentication Strength Policy Create' }],
  [
    'policies/authenticationstrengthpolicies/{id}',
    { PATCH: 'Authentication Strength Policy Update', DELETE: 'Authentication Strength Policy Delete' },
  ],
  [
    'policies/authenticationstrengthpolicies/{id}/updateallowedcombinations',
    { POST: 'Authentication Strength Policy Update' },
  ],
  [
    'policies/authenticationstrengthpolicies/{id}/combinationconfigurations',
    { POST: 'Authentication Strength Combination Configuration Create' },
  ],
  [
    'policies/authenticationstrengthpolicies/{id}/combinationconfigurations/{cid}',
    {
      PATCH: 'Authentication Strength Combination Configuration Update',
      DELETE: 'Authentication Strength Combination Configuration Delete',
    },
  ],
  ['policies/featurerolloutpolicies', { POST: 'Create rollout policy for feature' }],
  [
    'policies/featurerolloutpolicies/{id}',
    { PATCH: 'Update rollout policy of feature', DELETE: 'Delete rollout policy of feature' },
  ],
  ['policies/featurerolloutpolicies/{id}/appliesto', { POST: 'Add a group to feature rollout' }],
  ['policies/featurerolloutpolicies/{id}/appliesto/$ref', { POST: 'Add a group to feature rollout' }],
  ['policies/featurerolloutpolicies/{id}/appliesto/{group}/$ref', { DELETE: 'Remove a group from feature rollout' }],
  [classic, { POST: 'Add CertificationBasedAuthConfiguration' }],
  [`${classic}/$ref`, { POST: 'Add CertificationBasedAuthConfiguration' }],
  [`${classic}/{id}`, { DELETE: 'Delete CertificationBasedAuthConfiguration' }],
  [`${classic}/{id}/importcrl`, { POST: 'Import CRL' }],
  [pki, { POST: 'Add PKI' }],
  [`${pki}/{pki}`, { PATCH: 'Update PKI', DELETE: 'Delete PKI' }],
  [`${pki}/{pki}/upload`, { POST: 'Upload to PKI', PATCH: 'Upload to PKI' }],
  ...namedAuthorities('certificateBasedApplicationConfigurations', 'trustedCertificateAuthorities'),
  ...namedAuthorities('mutualTlsOauthConfigurations', 'certificateAuthorities'),
  [`${pki}/{pki}/uploadfile`, { POST: 'Upload to PKI' }],
  ['directory/publickeyinfrastructure/blockedcertificates', { POST: 'Update blocked certificates' }],
  ['directory/publickeyinfrastructure/blockedcertificates/{sha256}', { DELETE: 'Update blocked certificates' }],
  [`${pki}/{pki}/certificateauthorities`, { POST: 'Add certificate authority' }],
  [
    `${pki}/{pki}/certificateauthorities/{ca}`,
    { PATCH: 'Update certificate authority', DELETE: 'Delete certificate authority' },
  ],
  [`${pki}/{pki}/certificateauthorities/{ca}/importcrl`, { POST: 'Import CRL' }],
  ['domains', { POST: 'Add unverified domain' }],
  ['domains/{domain}', { PATCH: 'Update domain', DELETE: 'Remove verified domain' }],
  ['domains/{domain}/verify', { POST: 'Verify domain' }],
  ['domains/{domain}/federationconfiguration', { POST: 'Set federation settings on domain' }],
  [
    'domains/{domain}/federationconfiguration/{id}',
    { PATCH: 'Set federation settings on domain', DELETE: 'Set federation settings on domain' },
  ],
  ['domains/{domain}/promote', { POST: 'Update domain' }],
  ['organization/{org}', { PATCH: 'Set Company Information' }],
  [branding, { PATCH: 'Update company branding' }],
  [`${branding}/localizations`, { POST: 'Update company branding' }],
  [`${branding}/localizations/{locale}`, { PATCH: 'Update company branding', DELETE: 'Update company branding' }],
  ...['bannerlogo', 'squarelogo', 'backgroundimage', 'favicon'].flatMap((part) =>
    [`${branding}/${part}`, `${branding}/localizations/{locale}/${part}`].map(
      (path) => [path, { PUT: pictureOfBranding, DELETE: pictureOfBranding }] as const,
    ),
  ),
  ['users/{id}/approleassignments', { POST: 'Add app role assignment grant to user' }],
  ['users/{id}/approleassignments/{assignment}', { DELETE: 'Remove app role assignment from user' }],
  ['users/{id}/changepassword', { POST: 'Reset password' }],
  [`${method}/methods/{method}/resetpassword`, { POST: 'Reset password' }],
  [`${method}/passwordmethods/{method}/resetpassword`, { POST: 'Reset password' }],
  [`${method}/signinpreferences`, { PATCH: 'Update user' }],
  ...['applications', 'serviceprincipals'].flatMap((set) => [
    [`${set}/{id}/owners/$ref`, { POST: 'Add owner to application' }] as const,
    [`${set}/{id}/owners/{owner}/$ref`, { DELETE: 'Remove owner from application' }] as const,
  ]),
  ['users/{id}/photo/$value', { PUT: 'Update user', DELETE: 'Update user' }],
  ['applications/{id}/logo', { PUT: 'Update application', DELETE: 'Update application' }],
  ['devices', { POST: 'Register device' }],
  ['devices/{id}/registeredowners/$ref', { POST: 'Add registered owner to device' }],
  ['devices/{id}/registeredowners/{member}/$ref', { DELETE: 'Remove registered owner from device' }],
  ['devices/{id}/registeredusers/$ref', { POST: 'Add registered users to device' }],
  ['devices/{id}/registeredusers/{member}/$ref', { DELETE: 'Remove registered users from device' }],
  [
    'policies/deviceregistrationpolicy',
    { PUT: 'Set device registration policies', PATCH: 'Set device registration policies' },
  ],
  ['devices/{id}', { PATCH: 'Update device', DELETE: 'Delete device' }],
];

const activities: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map(table);

/**
 * The activity that the row of a refused call names. A change has the name of its success, so that one filter finds both. A
 * read, a rehearsal, and a change whose name depends on its target (`directory/deletedItems`) are `Refused Graph request`.
 */
export function activityOfCall(method: string, path: string): string {
  const alias = aliases.find(([prefix]) => path.startsWith(prefix));
  const fullPath = alias ? alias[1] + path.slice(alias[0].length) : path;
  return activities.get(fullPath)?.[method] ?? refusedCall;
}

/** The operations of a kind of configuration that names CAs; its CAs are a part of it. */
function namedAuthorities(kind: string, authorities: string) {
  const path = `directory/certificateauthorities/${kind.toLowerCase()}`;
  const inside = `${path}/{id}/${authorities.toLowerCase()}`;
  const update = `Update ${kind}`;
  return [
    [path, { POST: `Add ${kind}` }],
    [`${path}/{id}`, { PATCH: update, DELETE: `Delete ${kind}` }],
    [inside, { POST: update }],
    [`${inside}/{ca}`, { PATCH: update, DELETE: update }],
  ] as const;
}
