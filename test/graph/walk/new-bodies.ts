/** The smallest bodies that make an object of a policy, without its name. */
export const policyBody = {
  state: 'disabled',
  conditions: {
    users: { includeUsers: ['None'] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
};
export const locationBody = {
  '@odata.type': '#microsoft.graph.ipNamedLocation',
  ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '10.0.0.0/8' }],
};
export const strengthBody = { allowedCombinations: ['x509CertificateMultiFactor'] };
export const rolloutBody = {
  feature: 'certificateBasedAuthentication',
  isEnabled: false,
  isAppliedToOrganization: false,
};
