import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/staged-rollout', areas: ['rollout'], load: () => import('./rollouts.tsx') },
  { path: '/staged-rollout/$id', areas: ['rollout'], load: () => import('./rollout.tsx') },
];
