import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from '@tanstack/react-router';
import { createElement, useContext } from 'react';
import { PageLink } from '../components/link.tsx';
import { EmptyState, ErrorState, Loading, NoPermission } from '../components/states.tsx';
import { type PageRoute, pages } from './pages.ts';
import { RightsContext, rolesFor } from './roles.ts';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** A new version of the pages was installed while this one was open: its parts are no longer there. */
function loadAgain(): void {
  const flag = 'cardea-admin-reload';
  const last = Number(sessionStorage.getItem(flag) ?? 0);
  if (Date.now() - last < 10_000) return;
  sessionStorage.setItem(flag, String(Date.now()));
  location.reload();
}
addEventListener('vite:preloadError', loadAgain);

const routes = pages.map((page) =>
  createRoute({
    getParentRoute: () => rootRoute,
    path: page.path,
    component: permitted(page, lazyRouteComponent(page.load)),
    pendingComponent: Loading,
    errorComponent: ({ error, reset }) => <ErrorState problem={error as Error} retry={reset} />,
  }),
);

/** A page for those whose roles permit to read it. Graph decides again with each call. */
function permitted({ areas }: PageRoute, component: RouteComponent): RouteComponent {
  const guarded = () => {
    const rights = useContext(RightsContext);
    if (areas && !areas.some((area) => rights.has(area))) return <NoPermission roles={rolesFor(areas[0]!, 'read')} />;
    return createElement(component);
  };
  return Object.assign(guarded, component.preload && { preload: component.preload });
}

function NotFound() {
  return (
    <EmptyState icon="search" title="There is no such page">
      <PageLink to="/">Overview</PageLink>
    </EmptyState>
  );
}

/** The router: addresses below /admin. */
export const router = createRouter({
  routeTree: rootRoute.addChildren(routes),
  basepath: '/admin',
  defaultPreload: 'intent',
  scrollRestoration: true,
});
