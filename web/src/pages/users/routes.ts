import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [
  { path: '/users', areas: ['users'], load: () => import('./users.tsx') },
  { path: '/users/deleted', areas: ['userCredentials', 'users'], load: () => import('./deleted-users.tsx') },
  { path: '/users/$id', areas: ['users'], load: () => import('./user.tsx') },
];
