import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/pki-health', areas: ['pkiStore'], load: () => import('./health.tsx') },
];
