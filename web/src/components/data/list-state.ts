import { useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useGo } from '../link.tsx';

/** What the address holds after the question mark. */
export function useAddressQuery(): URLSearchParams {
  return new URLSearchParams(useRouterState({ select: (state) => state.location.searchStr }));
}

/**
 * A text of the address: search, filter, order, tab or selected object, so that a link leads to the same view. An empty
 * text is left out of the address.
 */
export function useAddressState(name: string, initial = ''): [string, (value: string) => void] {
  const go = useGo();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const query = useAddressQuery();
  const set = (value: string) => {
    const next = new URLSearchParams(query);
    if (value === initial) next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    go(`${path.replace(/^\/admin/, '')}${text ? `?${text}` : ''}`, { replace: true });
  };
  return [query.get(name) ?? initial, set];
}

/** A search text in the address: it is taken over when typing has paused for 300 ms. Answers the typed text as well. */
export function useSearchState(name = 'search'): {
  readonly typed: string;
  readonly text: string;
  readonly type: (text: string) => void;
} {
  const [text, setText] = useAddressState(name);
  const [typed, type] = useState(text);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the pause.
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => setText(typed), 300);
    return () => clearTimeout(timer);
  }, [typed]);
  return { typed, text, type };
}
