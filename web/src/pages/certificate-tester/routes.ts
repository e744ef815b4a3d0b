import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/certificate-tester', areas: ['methodPolicy'], load: () => import('./certificate-tester.tsx') },
];
