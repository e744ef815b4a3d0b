import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { useContext } from 'react';
import { PageLink } from '../components/link.tsx';
import { EmptyState, ErrorState, NoPermission } from '../components/states.tsx';
import { LazyPage } from './lazy-page.tsx';
import { type PageRoute, pages } from './pages.ts';
import { RightsContext, rolesFor } from './roles.ts';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const routes = pages.map((page) =>
  createRoute({
    getParentRoute: () => rootRoute,
    path: page.path,
    component: () => <PermittedPage page={page} />,
    errorComponent: ({ error, reset }) => <ErrorState problem={error as Error} retry={reset} />,
  }),
);

/** A page for those whose roles permit to read it. Graph decides again with each call. */
function PermittedPage({ page: { areas, load } }: { readonly page: PageRoute }) {
  const rights = useContext(RightsContext);
  if (areas && !areas.some((area) => rights.has(area))) return <NoPermission roles={rolesFor(areas[0]!, 'read')} />;
  return <LazyPage key={String(load)} load={load} />;
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
  scrollRestoration: true,
});
