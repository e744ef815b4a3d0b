import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/devices', areas: ['devices'], load: () => import('./devices.tsx') },
  { path: '/devices/$id', areas: ['devices'], load: () => import('./device.tsx') },
];
