/** Policies and the trust store. */
export const policyProperties = {
  adminConsentRequestPolicy: 'isEnabled notifyReviewers remindersEnabled requestDurationInDays reviewers* version',
  authenticationCombinationConfiguration: 'id appliesToCombinations allowedIssuerSkis allowedPolicyOIDs allowedAAGUIDs',
  authenticationContextClassReference: 'id displayName description isAvailable',
  authenticationMethodConfiguration: `
    id state certificateUserBindings(x509CertificateField userProperty priority trustAffinityLevel)
    authenticationModeConfiguration(x509CertificateAuthenticationDefaultMode
    x509CertificateDefaultRequiredAffinityLevel rules(x509CertificateRuleType identifier policyOidIdentifier
    x509CertificateAuthenticationMode x509CertificateRequiredAffinityLevel issuerSubjectIdentifier))
    issuerHintsConfiguration(state) crlValidationConfiguration(state
    exemptedCertificateAuthoritiesSubjectKeyIdentifiers*) certificateAuthorityScopes* excludeTargets*
    includeTargets(isRegistrationRequired targetType id) standardQRCodeLifetimeInDays pinLength verifiedIdProfiles*
    beyondEntra*`,
  authenticationMethodModeDetail: 'id displayName authenticationMethod',
  authenticationStrengthPolicy: `
    id createdDateTime modifiedDateTime displayName description policyType requirementsSatisfied allowedCombinations
    combinationConfigurations(id appliesToCombinations allowedIssuerSkis allowedPolicyOIDs)`,
  authorizationPolicy: `
    id deletedDateTime displayName description allowInvitesFrom allowedToSignUpEmailBasedSubscriptions
    allowedToUseSSPR allowEmailVerifiedUsersToJoinOrganization allowUserConsentForRiskyApps blockMsolPowerShell
    guestUserRoleId defaultUserRolePermissions(allowedToCreateApps allowedToCreateSecurityGroups
    allowedToCreateTenants allowedToReadBitlockerKeysForOwnedDevice allowedToReadOtherUsers
    permissionGrantPoliciesAssigned*)`,
  blockedCertificate: 'id subject issuer serialNumber reason createdDateTime createdBy',
  certificateAuthorityAsEntity: 'id deletedDateTime certificate isRootAuthority issuer issuerSubjectKeyIdentifier',
  certificateAuthorityDetail: `
    id deletedDateTime certificateAuthorityType displayName issuer issuerSubjectKeyIdentifier thumbprint certificate
    createdDateTime expirationDateTime certificateRevocationListUrl deltaCertificateRevocationListUrl
    isIssuerHintEnabled`,
  certificateBasedApplicationConfiguration: `
    id deletedDateTime displayName description trustedCertificateAuthorities(id deletedDateTime certificate
    isRootAuthority issuer issuerSubjectKeyIdentifier)`,
  certificateBasedAuthConfiguration: `
    id certificateAuthorities(isRootAuthority certificate certificateRevocationListUrl
    deltaCertificateRevocationListUrl issuer issuerSki)`,
  certificateBasedAuthPki: 'id deletedDateTime displayName lastModifiedDateTime status statusDetails',
  conditionalAccessPolicy: `
    id templateId displayName createdDateTime modifiedDateTime deletedDateTime state conditions(clientAppTypes
    userRiskLevels signInRiskLevels servicePrincipalRiskLevels insiderRiskLevels devices(deviceFilter(mode rule))
    clientApplications* authenticationFlows* platforms(includePlatforms excludePlatforms*)
    locations(includeLocations excludeLocations) applications(includeApplications excludeApplications*
    includeUserActions includeAuthenticationContextClassReferences applicationFilter*) users(includeUsers
    excludeUsers includeGroups* excludeGroups includeRoles* excludeRoles includeGuestsOrExternalUsers*
    excludeGuestsOrExternalUsers*)) grantControls(operator builtInControls customAuthenticationFactors* termsOfUse*
    authenticationStrength(id createdDateTime modifiedDateTime displayName description policyType
    requirementsSatisfied allowedCombinations combinationConfigurations(id appliesToCombinations allowedIssuerSkis
    allowedPolicyOIDs))) sessionControls(disableResilienceDefaults* applicationEnforcedRestrictions*
    cloudAppSecurity* secureSignInSession* signInFrequency(value type authenticationType frequencyInterval
    isEnabled) persistentBrowser*)`,
  crossTenantAccessPolicy: 'id deletedDateTime displayName description definition* allowedCloudEndpoints',
  featureRolloutPolicy: 'id displayName description feature isEnabled isAppliedToOrganization appliesTo*',
  identitySecurityDefaultsEnforcementPolicy: 'id deletedDateTime displayName description isEnabled',
  mutualTlsOauthConfiguration: `
    id deletedDateTime displayName description tlsClientAuthParameter certificateAuthorities(id deletedDateTime
    certificate isRootAuthority issuer issuerSubjectKeyIdentifier)`,
  namedLocation: `
    id displayName createdDateTime modifiedDateTime isTrusted ipRanges(cidrAddress) deletedDateTime
    countriesAndRegions countryLookupMethod includeUnknownCountriesAndRegions`,
} satisfies Readonly<Record<string, string>>;
