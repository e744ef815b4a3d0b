import type { ComponentType } from 'react';
import type { Area } from './roles.ts';

/**
 * A page. Each folder of `pages` has a `routes.ts` that exports `routes`: its pages are parts of their own, loaded when
 * they are opened.
 */
export interface PageRoute {
  /** Below /admin, with parameters: `/users/$id`. */
  readonly path: string;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** The areas of which a user must be able to read one; any member sees a page without. */
  readonly areas?: readonly Area[];
}

const modules = import.meta.glob<{ readonly routes: readonly PageRoute[] }>('../pages/*/routes.ts', { eager: true });

/** Every page there is. */
export const pages: readonly PageRoute[] = Object.values(modules).flatMap(({ routes }) => routes);
