import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/groups', areas: ['groups'], load: () => import('./groups.tsx') },
  { path: '/groups/deleted', areas: ['groups'], load: () => import('./deleted-groups.tsx') },
  { path: '/groups/$id', areas: ['groups'], load: () => import('./group.tsx') },
];
