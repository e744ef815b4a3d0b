/** Logs and reports. What only beta has is apart. */
export const logProperties = {
  certificateAssurance: 'start strength caId issuer issuerKeyIdentifier binding method device* count',
  certificateAuthorityHealth: `
    id authorityId displayName store pkiId certificateAuthorityType subject issuer subjectKeyIdentifier parentId
    notBefore notAfter keyAlgorithm state nextDueDateTime warnings(code text remedy dueDateTime) crls(url source
    isDownloading number thisUpdateDateTime nextUpdateDateTime nextPublishDateTime fetchedDateTime sizeInBytes
    entries lastError* ageSeconds authorityKeyIdentifier lastFetchMilliseconds)`,
  directoryAudit: `
    id category correlationId result resultReason activityDisplayName activityDateTime loggedByService operationType
    initiatedBy(user(id displayName userPrincipalName ipAddress) app(appId displayName servicePrincipalId
    servicePrincipalName)) targetResources(id displayName type userPrincipalName groupType
    modifiedProperties(displayName oldValue newValue)) additionalDetails(key value)`,
  'directoryAudit beta': 'userAgent*',
  lowAffinityUser: `
    id userId userETag userPrincipalName userDisplayName lastUsed certificateUserIds staleValues(value why) binding
    proposed sha1Thumbprint notAfter`,
  observedValue: 'policyOid count users lastSeen issuer',
  onPremisesDirectorySynchronization: `
    id configuration(accidentalDeletionPrevention(synchronizationPreventionType alertThreshold)
    synchronizationInterval) features(softMatchOnUpnEnabled blockSoftMatchEnabled) status(objects(live withProblems)
    domains(domain lastSuccessDateTime lastRun(kind startedDateTime endedDateTime counts(read added updated deleted
    unchanged memberships problems ldapRequests) error(code message))) problems(kind name objectId objectGuid
    onPremisesProvisioningErrors(category occurredDateTime propertyCausingError value)))`,
  signIn: `
    id createdDateTime userDisplayName userPrincipalName userId appId appDisplayName ipAddress clientAppUsed
    userAgent correlationId conditionalAccessStatus isInteractive riskDetail riskLevelAggregated
    riskLevelDuringSignIn riskState riskEventTypes riskEventTypes_v2* resourceDisplayName resourceId
    resourceTenantId homeTenantId servicePrincipalId servicePrincipalName status(errorCode failureReason
    additionalDetails) deviceDetail(deviceId displayName operatingSystem browser isCompliant* isManaged* trustType)
    location(city state countryOrRegion* geoCoordinates(altitude* latitude* longitude*))
    appliedConditionalAccessPolicies(id displayName result enforcedGrantControls enforcedSessionControls*)`,
  'signIn beta': `
    originalRequestId sessionId uniqueTokenIdentifier userType signInIdentifier signInIdentifierType
    signInEventTypes authenticationRequirement authenticationRequirementPolicies(requirementProvider detail)
    authenticationMethodsUsed authenticationDetails(authenticationStepDateTime authenticationMethod
    authenticationMethodDetail succeeded authenticationStepResultDetail authenticationStepRequirement)
    authenticationProcessingDetails(key value) authenticationProtocol authenticationContextClassReferences*
    incomingTokenType tokenIssuerType tokenIssuerName clientCredentialType servicePrincipalCredentialKeyId
    servicePrincipalCredentialThumbprint* sessionLifetimePolicies* networkLocationDetails*
    processingTimeInMilliseconds autonomousSystemNumber crossTenantAccessType flaggedForReview`,
  signInSummary: 'start granted interrupted refused byErrorCode(errorCode count)',
  staleCertificateUserIds: `
    id userId userETag userPrincipalName userDisplayName lastUsed certificateUserIds staleValues(value why) binding*
    proposed* sha1Thumbprint* notAfter*`,
  userCertificate: `
    id subject issuer serialNumber sha1Thumbprint subjectKeyIdentifier notBefore notAfter policyOids binding(field
    property rank affinity) strength firstUsed lastUsed count isBlocked proposedCertificateUserIds`,
  userRegistrationDetails: `
    id userPrincipalName userDisplayName userType isAdmin isMfaRegistered isMfaCapable isPasswordlessCapable
    isSystemPreferredAuthenticationMethodEnabled methodsRegistered* userPreferredMethodForSecondaryAuthentication
    systemPreferredAuthenticationMethods* certificatesSeen lastUpdatedDateTime`,
  userSession: `
    id createdDateTime lastUsedDateTime ipAddress browser operatingSystem methods certificate(subject
    sha1Thumbprint) applications(appId displayName) isThisOne`,
} satisfies Readonly<Record<string, string>>;
