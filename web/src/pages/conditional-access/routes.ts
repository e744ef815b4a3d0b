import type { PageRoute } from '../../app/pages.ts';

const areas = ['accessPolicies'] as const;

export const routes: readonly PageRoute[] = [
  { path: '/conditional-access', areas, load: () => import('./conditional-access.tsx') },
  { path: '/conditional-access/policies/$id', areas, load: () => import('./policy.tsx') },
];
