import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/authentication-methods', areas: ['methodPolicy'], load: () => import('./policies.tsx') },
  { path: '/authentication-methods/certificate', areas: ['methodPolicy'], load: () => import('./certificate.tsx') },
];
