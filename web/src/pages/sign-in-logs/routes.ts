import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/sign-in-logs', areas: ['signInLog'], load: () => import('./sign-in-logs.tsx') },
];
