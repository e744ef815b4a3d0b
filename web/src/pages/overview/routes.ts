import type { PageRoute } from '../../app/pages.ts';

export const routes: readonly PageRoute[] = [{ path: '/', load: () => import('./overview.tsx') }];
