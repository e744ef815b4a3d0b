import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/audit-logs', areas: ['auditLog'], load: () => import('./audit-logs.tsx') },
];
