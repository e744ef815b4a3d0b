import type { PageRoute } from '../../app/pages.ts';

const areas = ['applications'] as const;

export const routes: readonly PageRoute[] = [
  { path: '/enterprise-applications', areas, load: () => import('./enterprise-applications.tsx') },
  { path: '/enterprise-applications/$id', areas, load: () => import('./enterprise-application.tsx') },
  { path: '/app-registrations', areas, load: () => import('./app-registrations.tsx') },
  { path: '/app-registrations/$id', areas, load: () => import('./app-registration.tsx') },
];
