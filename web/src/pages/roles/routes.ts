import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/roles', areas: ['roles'], load: () => import('./roles.tsx') },
  { path: '/roles/$id', areas: ['roles'], load: () => import('./role.tsx') },
];
