import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/tenant', areas: ['organization'], load: () => import('./properties.tsx') },
  { path: '/branding', areas: ['organization', 'branding'], load: () => import('./branding.tsx') },
];
