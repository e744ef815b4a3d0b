import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/synchronization', areas: ['auditLog'], load: () => import('./synchronization.tsx') },
];
