import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [{ path: '/users', areas: ['users'], load: () => import('./users.tsx') }];
