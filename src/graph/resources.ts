import { type Route, Routes } from './protocol/route.ts';
import { accountApplicationRoutes } from './resources/accounts/applications.ts';
import { passwordRoutes } from './resources/accounts/passwords.ts';
import { photoRoutes } from './resources/accounts/photos.ts';
import { signInPreferenceRoutes } from './resources/accounts/sign-in-preferences.ts';
import { appLinkRoutes } from './resources/applications/app-links.ts';
import { applicationIn, applicationRoutes } from './resources/applications/applications.ts';
import { consentRoutes } from './resources/applications/consent.ts';
import { extensionPropertyRoutes } from './resources/applications/extension-properties.ts';
import { servicePrincipalIn, servicePrincipalRoutes } from './resources/applications/service-principals.ts';
import { devicePeopleRoutes } from './resources/devices/device-people.ts';
import { deviceRoutes } from './resources/devices/devices.ts';
import { registrationPolicyRoutes } from './resources/devices/registration-policy.ts';
import { authenticationMethodRoutes } from './resources/directory/authentication-methods.ts';
import { deletedItemRoutes } from './resources/directory/deleted-items.ts';
import { deltaRoutes } from './resources/directory/delta.ts';
import { directoryObjectRoutes } from './resources/directory/directory-objects.ts';
import { roleRoutes } from './resources/directory/roles.ts';
import { userLinkRoutes } from './resources/directory/user-links.ts';
import { userIn, userRoutes } from './resources/directory/users.ts';
import { groupIn } from './resources/groups/group-item.ts';
import { groupRoutes } from './resources/groups/groups.ts';
import { directoryAuditRoutes } from './resources/logs/directory-audits.ts';
import { mySignInRoutes } from './resources/logs/my-sign-ins.ts';
import { registrationReportRoutes } from './resources/logs/registration-reports.ts';
import { reportRoutes } from './resources/logs/reports.ts';
import { signInSummaryRoutes } from './resources/logs/sign-in-summary.ts';
import { signInTraceRoutes } from './resources/logs/sign-in-trace.ts';
import { signInRoutes } from './resources/logs/sign-ins.ts';
import { userSignInRoutes } from './resources/logs/user-sign-ins.ts';
import { accessPolicyRoutes } from './resources/policies/access-policies.ts';
import { authenticationContextRoutes } from './resources/policies/authentication-contexts.ts';
import { deletedAccessRoutes } from './resources/policies/deleted-access.ts';
import { evaluateCertificateRoutes } from './resources/policies/evaluate-certificate.ts';
import { methodPolicyRoutes } from './resources/policies/method-policy.ts';
import { namedLocationRoutes } from './resources/policies/named-locations.ts';
import { rolloutRoutes } from './resources/policies/rollouts.ts';
import { strengthRoutes } from './resources/policies/strengths.ts';
import { whatIfRoutes } from './resources/policies/what-if.ts';
import { emptyCollectionRoutes } from './resources/read-only/empty-collections.ts';
import { managerRoutes } from './resources/read-only/manager.ts';
import { tenantPolicyRoutes } from './resources/read-only/tenant-policies.ts';
import { brandingRoutes } from './resources/tenant/branding.ts';
import { domainReferenceRoutes } from './resources/tenant/domain-references.ts';
import { domainRoutes } from './resources/tenant/domains.ts';
import { organizationRoutes } from './resources/tenant/organization.ts';
import { synchronisationRoutes } from './resources/tenant/synchronisation.ts';
import { authorityConfigurationRoutes } from './resources/trust/authority-configurations.ts';
import { blockedCertificateRoutes } from './resources/trust/blocked-certificates.ts';
import { classicStoreRoutes } from './resources/trust/classic-store.ts';
import { healthRoutes } from './resources/trust/health.ts';
import { pkiRoutes } from './resources/trust/pki.ts';

/** Every operation there is, area by area. */
export const operations: readonly Route[] = [
  ...userRoutes,
  ...deltaRoutes,
  ...managerRoutes,
  ...userLinkRoutes,
  ...authenticationMethodRoutes,
  ...groupRoutes,
  ...directoryObjectRoutes,
  ...deletedItemRoutes,
  ...roleRoutes,
  ...applicationRoutes,
  ...extensionPropertyRoutes,
  ...servicePrincipalRoutes,
  ...consentRoutes,
  ...photoRoutes,
  ...passwordRoutes,
  ...signInPreferenceRoutes,
  ...accountApplicationRoutes,
  ...appLinkRoutes,
  ...domainReferenceRoutes,
  ...tenantPolicyRoutes,
  ...emptyCollectionRoutes({
    'groups/{id}': groupIn,
    'users/{id}': userIn,
    'applications/{id}': applicationIn,
    'serviceprincipals/{id}': servicePrincipalIn,
  }),
  ...organizationRoutes,
  ...synchronisationRoutes,
  ...brandingRoutes,
  ...signInRoutes,
  ...signInTraceRoutes,
  ...mySignInRoutes,
  ...signInSummaryRoutes,
  ...reportRoutes,
  ...registrationReportRoutes,
  ...userSignInRoutes,
  ...directoryAuditRoutes,
  ...methodPolicyRoutes,
  ...evaluateCertificateRoutes,
  ...accessPolicyRoutes,
  ...whatIfRoutes,
  ...authenticationContextRoutes,
  ...deletedAccessRoutes,
  ...namedLocationRoutes,
  ...strengthRoutes,
  ...rolloutRoutes,
  ...classicStoreRoutes,
  ...pkiRoutes,
  ...authorityConfigurationRoutes,
  ...blockedCertificateRoutes,
  ...healthRoutes,
  ...domainRoutes,
  ...deviceRoutes,
  ...devicePeopleRoutes,
  ...registrationPolicyRoutes,
];

export const routes = new Routes(operations);
