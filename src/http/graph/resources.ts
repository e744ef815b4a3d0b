import { accessPolicyRoutes } from './resources/access-policies.ts';
import { applicationRoutes } from './resources/applications.ts';
import { authenticationMethodRoutes } from './resources/authentication-methods.ts';
import { classicStoreRoutes } from './resources/classic-store.ts';
import { consentRoutes } from './resources/consent.ts';
import { deletedItemRoutes } from './resources/deleted-items.ts';
import { deviceRoutes } from './resources/devices.ts';
import { directoryAuditRoutes } from './resources/directory-audits.ts';
import { directoryObjectRoutes } from './resources/directory-objects.ts';
import { domainRoutes } from './resources/domains.ts';
import { groupRoutes } from './resources/groups.ts';
import { methodPolicyRoutes } from './resources/method-policy.ts';
import { namedLocationRoutes } from './resources/named-locations.ts';
import { organizationRoutes } from './resources/organization.ts';
import { pkiRoutes } from './resources/pki.ts';
import { roleRoutes } from './resources/roles.ts';
import { rolloutRoutes } from './resources/rollouts.ts';
import { servicePrincipalRoutes } from './resources/service-principals.ts';
import { signInRoutes } from './resources/sign-ins.ts';
import { strengthRoutes } from './resources/strengths.ts';
import { userLinkRoutes } from './resources/user-links.ts';
import { userRoutes } from './resources/users.ts';
import { type Route, Routes } from './route.ts';

/** Every operation there is, area by area. */
export const operations: readonly Route[] = [
  ...userRoutes,
  ...userLinkRoutes,
  ...authenticationMethodRoutes,
  ...groupRoutes,
  ...directoryObjectRoutes,
  ...deletedItemRoutes,
  ...roleRoutes,
  ...applicationRoutes,
  ...servicePrincipalRoutes,
  ...consentRoutes,
  ...organizationRoutes,
  ...signInRoutes,
  ...directoryAuditRoutes,
  ...methodPolicyRoutes,
  ...accessPolicyRoutes,
  ...namedLocationRoutes,
  ...strengthRoutes,
  ...rolloutRoutes,
  ...classicStoreRoutes,
  ...pkiRoutes,
  ...domainRoutes,
  ...deviceRoutes,
];

export const routes = new Routes(operations);
