import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of the admin center, and what it shows in a tenant that has nothing yet. */
export interface StatePage {
  /** As `routes.ts` has it. */
  readonly route: string;
  /** What is opened; `$id` stands for the object that {@link object} names. */
  readonly path: string;
  /** The object of the test whose page it is. */
  readonly object?: 'user' | 'group' | 'device' | 'app' | 'principal' | 'policy' | 'rollout' | 'pki';
  readonly heading: string;
  /** What stands in place of rows where there are none; undefined for pages that are never empty. */
  readonly empty?: string;
  /** Whether every member may see it. */
  readonly isForMembers?: boolean;
  /** Whether it has nothing that is read from Graph when it opens. */
  readonly readsNothing?: boolean;
  /** Whether nothing can be changed on it, so that it says nothing about rights. */
  readonly changesNothing?: boolean;
}

/** Every page. Names of objects are those that the test gives them. */
export const statePages: readonly StatePage[] = [
  { route: '/', path: '/', heading: 'Overview', isForMembers: true, changesNothing: true },
  { route: '/users', path: '/users', heading: 'Users', isForMembers: true },
  {
    route: '/users/deleted',
    path: '/users/deleted',
    heading: 'Deleted users',
    empty: 'No user was deleted',
    isForMembers: true,
  },
  { route: '/users/$id', path: '/users/$id', object: 'user', heading: 'Cleo Martin', isForMembers: true },
  { route: '/groups', path: '/groups', heading: 'Groups', empty: 'There are no groups yet', isForMembers: true },
  {
    route: '/groups/deleted',
    path: '/groups/deleted',
    heading: 'Deleted groups',
    empty: 'No group was deleted',
    isForMembers: true,
  },
  { route: '/groups/$id', path: '/groups/$id', object: 'group', heading: 'Night shift', isForMembers: true },
  {
    route: '/devices',
    path: '/devices',
    heading: 'Devices',
    empty: 'No device',
    isForMembers: true,
    changesNothing: true,
  },
  { route: '/devices/$id', path: '/devices/$id', object: 'device', heading: 'Laptop', isForMembers: true },
  { route: '/roles', path: '/roles', heading: 'Roles and administrators', changesNothing: true },
  {
    route: '/roles/$id',
    path: '/roles/4a5d8f65-41da-4de4-8968-e035b65339cf',
    heading: 'Reports Reader',
    empty: 'The role is assigned to no user or group',
  },
  {
    route: '/enterprise-applications',
    path: '/enterprise-applications',
    heading: 'Enterprise applications',
    changesNothing: true,
    isForMembers: true,
  },
  {
    route: '/enterprise-applications/$id',
    path: '/enterprise-applications/$id',
    object: 'principal',
    heading: 'Timesheet',
    changesNothing: true,
    isForMembers: true,
  },
  {
    route: '/app-registrations',
    path: '/app-registrations?search=nothing',
    heading: 'App registrations',
    empty: 'No application',
    isForMembers: true,
  },
  {
    route: '/app-registrations/$id',
    path: '/app-registrations/$id',
    object: 'app',
    heading: 'Timesheet',
    isForMembers: true,
  },
  {
    route: '/conditional-access',
    path: '/conditional-access',
    heading: 'Conditional Access',
    empty: 'There are no policies',
  },
  {
    route: '/conditional-access/policies/$id',
    path: '/conditional-access/policies/$id',
    object: 'policy',
    heading: 'Cards alone',
  },
  { route: '/authentication-methods', path: '/authentication-methods', heading: 'Authentication methods | Policies' },
  {
    route: '/authentication-methods/certificate',
    path: '/authentication-methods/certificate',
    heading: 'Certificate-based authentication settings',
  },
  {
    route: '/public-key-infrastructure',
    path: '/public-key-infrastructure',
    heading: 'Public key infrastructure',
    empty: 'no PKI',
  },
  { route: '/public-key-infrastructure/$id', path: '/public-key-infrastructure/$id', object: 'pki', heading: 'Cards' },
  {
    route: '/certificate-authorities',
    path: '/certificate-authorities',
    heading: 'Certificate authorities',
    empty: 'no certificate authority',
  },
  {
    route: '/blocked-certificates',
    path: '/blocked-certificates',
    heading: 'Blocked certificates',
    empty: 'No certificate is blocked',
  },
  {
    route: '/pki-health',
    path: '/pki-health',
    heading: 'PKI health',
    empty: 'No certificate authority is trusted yet',
    changesNothing: true,
  },
  {
    route: '/certificate-tester',
    path: '/certificate-tester',
    heading: 'Certificate tester',
    readsNothing: true,
    changesNothing: true,
  },
  { route: '/domains', path: '/domains', heading: 'Domain names', isForMembers: true },
  { route: '/domains/$id', path: '/domains/woodgrove.test', heading: 'woodgrove.test', isForMembers: true },
  {
    route: '/staged-rollout',
    path: '/staged-rollout',
    heading: 'Staged rollout',
    empty: 'There are no staged rollouts yet',
  },
  { route: '/staged-rollout/$id', path: '/staged-rollout/$id', object: 'rollout', heading: 'Pilot' },
  {
    route: '/synchronization',
    path: '/synchronization',
    heading: 'Directory synchronization',
    empty: 'No directory is synchronized',
    changesNothing: true,
  },
  {
    route: '/sign-in-logs',
    path: '/sign-in-logs?search=nothing',
    heading: 'Sign-in logs',
    empty: 'No sign-in matches',
    changesNothing: true,
  },
  {
    route: '/audit-logs',
    path: '/audit-logs?correlation=00000000-0000-4000-8000-000000000000',
    heading: 'Audit logs',
    empty: 'No activity matches',
    changesNothing: true,
  },
  {
    route: '/assurance',
    path: '/assurance?tab=bindings',
    heading: 'Assurance report',
    empty: 'No user is bound by low affinity',
    changesNothing: true,
  },
  { route: '/tenant', path: '/tenant', heading: 'Properties', isForMembers: true },
  { route: '/branding', path: '/branding', heading: 'Company branding', isForMembers: true },
];

/** The routes of the sources. */
export function routesOfSources(): readonly string[] {
  const folder = join(import.meta.dirname, '..', '..', '..', 'web', 'src', 'pages');
  return globSync('*/routes.ts', { cwd: folder }).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/path: '([^']+)'/g)].map(([, path]) => path!),
  );
}
