import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/public-key-infrastructure', areas: ['pkiStore'], load: () => import('./pkis.tsx') },
  { path: '/public-key-infrastructure/$id', areas: ['pkiStore'], load: () => import('./pki.tsx') },
  { path: '/blocked-certificates', areas: ['pkiStore'], load: () => import('./blocked.tsx') },
  { path: '/certificate-authorities', areas: ['classicStore'], load: () => import('./classic.tsx') },
];
