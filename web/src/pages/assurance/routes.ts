import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/assurance', areas: ['signInLog'], load: () => import('./assurance.tsx') },
];
