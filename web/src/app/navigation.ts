import type { IconName } from '../components/icons.tsx';
import type { Area } from './roles.ts';

/** An entry of the navigation: it is visible to roles that may read one of the areas, and when a page with its path exists. */
export interface NavigationEntry {
  readonly title: string;
  /** Below /admin. */
  readonly path: string;
  readonly icon?: IconName;
  /** Areas of the role table; every member reads those without one. */
  readonly areas?: readonly Area[];
}

export interface NavigationGroup {
  /** Undefined for entries at the top level. */
  readonly title?: string;
  readonly entries: readonly NavigationEntry[];
}

/** The navigation, in Entra's words and order. */
export const navigation: readonly NavigationGroup[] = [
  {
    entries: [
      { title: 'Overview', path: '/', icon: 'home' },
      { title: 'Users', path: '/users', icon: 'person', areas: ['users'] },
      { title: 'Groups', path: '/groups', icon: 'group', areas: ['groups'] },
      { title: 'Devices', path: '/devices', icon: 'device', areas: ['devices'] },
      { title: 'Roles and administrators', path: '/roles', icon: 'shield', areas: ['roles'] },
    ],
  },
  {
    title: 'Applications',
    entries: [
      { title: 'Enterprise applications', path: '/enterprise-applications', areas: ['applications'] },
      { title: 'App registrations', path: '/app-registrations', areas: ['applications'] },
    ],
  },
  {
    title: 'Protection',
    entries: [
      { title: 'Conditional Access', path: '/conditional-access', areas: ['accessPolicies'] },
      { title: 'Authentication methods', path: '/authentication-methods', areas: ['methodPolicy'] },
      { title: 'Public key infrastructure', path: '/public-key-infrastructure', areas: ['pkiStore'] },
      { title: 'Certificate authorities', path: '/certificate-authorities', areas: ['classicStore'] },
      { title: 'Blocked certificates', path: '/blocked-certificates', areas: ['pkiStore'] },
      { title: 'PKI health', path: '/pki-health', areas: ['pkiStore', 'classicStore'] },
      { title: 'Certificate tester', path: '/certificate-tester', areas: ['methodPolicy'] },
    ],
  },
  {
    title: 'Hybrid management',
    entries: [
      { title: 'Domain names', path: '/domains', areas: ['domains'] },
      { title: 'Staged rollout', path: '/staged-rollout', areas: ['rollout'] },
      { title: 'Directory synchronization', path: '/synchronization', areas: ['auditLog'] },
    ],
  },
  {
    title: 'Monitoring',
    entries: [
      { title: 'Sign-in logs', path: '/sign-in-logs', areas: ['signInLog'] },
      { title: 'Audit logs', path: '/audit-logs', areas: ['auditLog'] },
      { title: 'Assurance report', path: '/assurance', areas: ['signInLog'] },
    ],
  },
  {
    title: 'Tenant',
    entries: [
      { title: 'Properties', path: '/tenant', areas: ['organization'] },
      { title: 'Company branding', path: '/branding', areas: ['organization', 'branding'] },
    ],
  },
];
