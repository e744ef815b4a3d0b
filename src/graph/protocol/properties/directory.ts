/** Users, groups, devices, applications, roles, domains and the organization. */
export const directoryProperties = {
  appRoleAssignment: `
    id deletedDateTime appRoleId createdDateTime principalDisplayName principalId principalType resourceDisplayName
    resourceId`,
  application: `
    id deletedDateTime appId displayName description createdDateTime signInAudience publisherDomain* identifierUris
    tags groupMembershipClaims* optionalClaims(idToken(name source essential additionalProperties) accessToken(name
    source essential additionalProperties) saml2Token(name source essential additionalProperties)) notes info*
    defaultRedirectUri isDeviceOnlyAuthSupported* isFallbackPublicClient tokenEncryptionKeyId
    parentalControlSettings* appRoles(id value isEnabled allowedMemberTypes displayName description origin)
    requiredResourceAccess(resourceAppId resourceAccess(id type)) api(acceptMappedClaims* knownClientApplications*
    requestedAccessTokenVersion oauth2PermissionScopes(id value isEnabled type adminConsentDisplayName
    adminConsentDescription userConsentDescription userConsentDisplayName origin) preAuthorizedApplications(appId
    delegatedPermissionIds permissionIds)) keyCredentials(type usage key customKeyIdentifier* displayName keyId
    startDateTime endDateTime) passwordCredentials(customKeyIdentifier* secretText keyId displayName hint
    startDateTime endDateTime) publicClient(redirectUris) spa(redirectUris) web(homePageUrl logoutUrl
    implicitGrantSettings(enableAccessTokenIssuance enableIdTokenIssuance) redirectUris redirectUriSettings(uri
    index)) servicePrincipal*`,
  authenticationMethod: `
    id password createdDateTime temporaryAccessPass* startDateTime lifetimeInMinutes isUsableOnce isUsable
    methodUsabilityReason`,
  'cardea.application': 'id appId displayName description homepage logoUrl collections* lastUsedDateTime',
  default: `
    id isServiceDefault inboundTrust(isMfaAccepted isCompliantDeviceAccepted isHybridAzureADJoinedDeviceAccepted)
    b2bCollaborationInbound(usersAndGroups(accessType targets(target targetType)) applications(accessType
    targets(target targetType))) b2bCollaborationOutbound(usersAndGroups(accessType targets(target targetType))
    applications(accessType targets(target targetType))) b2bDirectConnectInbound(usersAndGroups(accessType
    targets(target targetType)) applications(accessType targets(target targetType)))
    b2bDirectConnectOutbound(usersAndGroups(accessType targets(target targetType)) applications(accessType
    targets(target targetType))) automaticUserConsentSettings(inboundAllowed* outboundAllowed*)
    invitationRedemptionIdentityProviderConfiguration* tenantRestrictions*`,
  device: `
    id deletedDateTime createdDateTime onPremisesSecurityIdentifier trustType profileType isCompliant isManaged*
    registrationDateTime approximateLastSignInDateTime physicalIds systemLabels* deviceOwnership* enrollmentType
    onPremisesSyncEnabled mdmAppId accountEnabled displayName operatingSystem operatingSystemVersion deviceId
    alternativeSecurityIds(type key identityProvider*) extensionAttributes(extensionAttribute1 extensionAttribute2
    extensionAttribute3 extensionAttribute4 extensionAttribute5 extensionAttribute6 extensionAttribute7
    extensionAttribute8 extensionAttribute9 extensionAttribute10 extensionAttribute11 extensionAttribute12
    extensionAttribute13 extensionAttribute14 extensionAttribute15) smartCardSignInUpdate`,
  directoryRole: 'id deletedDateTime description displayName roleTemplateId',
  directoryRoleTemplate: 'id deletedDateTime description displayName',
  domain: `
    id authenticationType availabilityStatus* isAdminManaged isDefault isInitial isRoot isVerified manufacturer*
    model* passwordNotificationWindowInDays* passwordValidityPeriodInDays state supportedServices*`,
  domainDnsRecord: 'id isOptional label recordType supportedService* ttl text',
  extensionProperty: `
    id deletedDateTime appDisplayName isSyncedFromOnPremises dataType isMultiValued targetObjects name`,
  group: `
    id deletedDateTime classification createdDateTime description displayName expirationDateTime groupTypes
    isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState*
    onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesProvisioningErrors(category
    occurredDateTime propertyCausingError value) onPremisesSamAccountName onPremisesSecurityIdentifier*
    onPremisesSyncEnabled* preferredDataLocation preferredLanguage* proxyAddresses renewedDateTime securityEnabled
    securityIdentifier* theme uniqueName visibility`,
  internalDomainFederation: `
    id displayName issuerUri metadataExchangeUri signingCertificate passiveSignInUri preferredAuthenticationProtocol
    activeSignInUri signOutUri promptLoginBehavior* isSignedAuthenticationRequestRequired* nextSigningCertificate*
    signingCertificateUpdateStatus* federatedIdpMfaBehavior passwordResetUri`,
  oAuth2PermissionGrant: 'id clientId consentType principalId resourceId scope',
  organization: `
    id deletedDateTime displayName verifiedDomains(capabilities isDefault isInitial name type) tenantType
    countryLetterCode country city state street postalCode preferredLanguage* businessPhones createdDateTime
    onPremisesSyncEnabled onPremisesLastSyncDateTime technicalNotificationMails securityComplianceNotificationMails
    privacyProfile(contactEmail statementUrl) assignedPlans* provisionedPlans*`,
  organizationalBranding: `
    id backgroundColor signInPageText usernameHintText cdnList bannerLogoRelativeUrl squareLogoRelativeUrl
    backgroundImageRelativeUrl faviconRelativeUrl customAccountResetCredentialsUrl customCannotAccessYourAccountText
    customCannotAccessYourAccountUrl customForgotMyPasswordText customPrivacyAndCookiesText
    customPrivacyAndCookiesUrl customResetItNowText customTermsOfUseText customTermsOfUseUrl headerBackgroundColor
    contentCustomization* loginPageLayoutConfiguration* loginPageTextVisibilitySettings*`,
  organizationalBrandingLocalization: `
    id backgroundColor signInPageText usernameHintText cdnList bannerLogoRelativeUrl squareLogoRelativeUrl
    backgroundImageRelativeUrl faviconRelativeUrl customAccountResetCredentialsUrl customCannotAccessYourAccountText
    customCannotAccessYourAccountUrl customForgotMyPasswordText customPrivacyAndCookiesText
    customPrivacyAndCookiesUrl customResetItNowText customTermsOfUseText customTermsOfUseUrl headerBackgroundColor
    contentCustomization* loginPageLayoutConfiguration* loginPageTextVisibilitySettings*`,
  passwordAuthenticationMethod: 'id password createdDateTime',
  servicePrincipal: `
    id deletedDateTime accountEnabled appId appDisplayName displayName createdDateTime appOwnerOrganizationId
    appRoleAssignmentRequired appRoles(id value displayName description isEnabled allowedMemberTypes origin)
    oauth2PermissionScopes(id value adminConsentDescription adminConsentDisplayName userConsentDescription
    userConsentDisplayName isEnabled type origin) homepage replyUrls servicePrincipalNames servicePrincipalType
    signInAudience tags keyCredentials(customKeyIdentifier displayName endDateTime key keyId startDateTime type
    usage) passwordCredentials(customKeyIdentifier displayName endDateTime hint keyId secretText startDateTime)
    notes`,
  temporaryAccessPassAuthenticationMethod: `
    id createdDateTime temporaryAccessPass startDateTime lifetimeInMinutes isUsableOnce isUsable
    methodUsabilityReason`,
  unifiedRoleAssignment: `
    id principalId principalOrganizationId roleDefinitionId directoryScopeId resourceScope principal*
    roleDefinition* directoryScope*`,
  unifiedRoleDefinition: `
    id templateId displayName description isBuiltIn isEnabled resourceScopes rolePermissions(allowedResourceActions
    condition*) version inheritsPermissionsFrom*`,
  user: `
    id deletedDateTime displayName userPrincipalName mail accountEnabled onPremisesUserPrincipalName
    authorizationInfo(certificateUserIds) signInSessionsValidFromDateTime refreshTokensValidFromDateTime
    createdDateTime passwordProfile(password forceChangePasswordNextSignIn forceChangePasswordNextSignInWithMfa)
    givenName surname jobTitle mobilePhone officeLocation preferredLanguage* mailNickname passwordPolicies* userType
    usageLocation employeeId employeeType department companyName city country state streetAddress* postalCode
    faxNumber ageGroup consentProvidedForMinor* onPremisesImmutableId onPremisesSamAccountName onPremisesDomainName
    onPremisesDistinguishedName onPremisesSecurityIdentifier* onPremisesLastSyncDateTime onPremisesSyncEnabled
    showInAddressList* lastPasswordChangeDateTime businessPhones otherMails proxyAddresses imAddresses
    identities(signInType issuer issuerAssignedId) onPremisesProvisioningErrors(category occurredDateTime
    propertyCausingError value) signInActivity(lastSignInDateTime lastSignInRequestId
    lastNonInteractiveSignInDateTime lastNonInteractiveSignInRequestId lastSuccessfulSignInDateTime
    lastSuccessfulSignInRequestId)`,
} satisfies Readonly<Record<string, string>>;
