import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/domains', areas: ['domains'], load: () => import('./domains.tsx') },
  { path: '/domains/$id', areas: ['domains'], load: () => import('./domain.tsx') },
];
