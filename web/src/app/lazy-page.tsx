import { type ComponentType, useEffect, useState } from 'react';
import { ErrorState, Loading } from '../components/states.tsx';
import { GraphProblem } from '../graph/errors.ts';
import { type PageRoute, pages } from './pages.ts';

type Loaded = { readonly page: ComponentType } | { readonly problem: Error };

const known = new WeakMap<PageRoute['load'], Loaded>();

/**
 * A page whose part of the pages is loaded when it is opened. Where that fails, the server is not reached, or was updated
 * since: the browser then loads everything again, as soon as the server answers.
 */
export function LazyPage({ load }: Pick<PageRoute, 'load'>) {
  const [loaded, setLoaded] = useState(known.get(load));
  useEffect(() => {
    if (loaded) return;
    let isCurrent = true;
    loadPage(load).then((result) => {
      if ('page' in result) known.set(load, result);
      if (isCurrent) setLoaded(result);
    });
    return () => {
      isCurrent = false;
    };
  }, [loaded, load]);
  if (!loaded) return <Loading />;
  if ('problem' in loaded) return <ErrorState problem={loaded.problem} retry={() => loadAnew(setLoaded)} />;
  return <loaded.page />;
}

async function loadPage(load: PageRoute['load']): Promise<Loaded> {
  try {
    return { page: (await load()).default };
  } catch {
    return { problem: new GraphProblem(0, {}) };
  }
}

/** A browser keeps in mind that a part could not be loaded, so everything is loaded again. */
async function loadAnew(setLoaded: (loaded: Loaded) => void): Promise<void> {
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => undefined);
  if (answer?.ok) location.reload();
  else setLoaded({ problem: new GraphProblem(answer?.status ?? 0, {}) });
}

/** Loads the parts of all pages while the browser is idle: a page then opens at once, also while the server is restarted. */
export function loadPagesWhenIdle(): void {
  const whenIdle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 1_000));
  const next = (rest: readonly PageRoute[]) => {
    const [page, ...others] = rest;
    if (page)
      whenIdle(
        () =>
          void page.load().then(
            () => next(others),
            () => {},
          ),
      );
  };
  next(pages);
}
