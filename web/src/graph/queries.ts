import {
  keepPreviousData,
  notifyManager,
  QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import type { DraftEvents } from '../components/forms/draft.ts';
import { leaveForm } from '../components/forms/unsaved.ts';
import { notify } from '../components/toasts.tsx';
import { type GraphAnswer, type GraphRequest, graph, read } from './client.ts';
import { GraphProblem } from './errors.ts';
import { listPath } from './paths.ts';
import { watchPresses, whenNotPressed } from './press.ts';

/** A read that failed for a moment is repeated; what Graph refused is not. */
function repeats(count: number, problem: Error): boolean {
  if (!(problem instanceof GraphProblem)) return false;
  return count < 2 && (problem.kind === 'throttled' || problem.status === 503);
}

const pause = (count: number, problem: Error): number =>
  1000 * Math.min(10, (problem instanceof GraphProblem ? problem.retryAfter : undefined) ?? 1 + count);

// No answer changes the page under a pointer that is pressed.
watchPresses();
notifyManager.setScheduler(whenNotPressed);

/** The one cache of the admin center. Answers are fresh for ten seconds, and read again when the window is looked at. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 10_000, retry: repeats, retryDelay: pause, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** Keys begin with the path without its query, so that a change makes everything below a path stale. */
const keyOf = (path: string, kind: string) => [...(path.split('?')[0] ?? '').split('/').filter(Boolean), kind, path];

/** An object or a whole answer of Graph. A path of undefined reads nothing yet. */
export function useGraph<T>(
  path: string | undefined,
  options: { readonly refetchSeconds?: number } = {},
): UseQueryResult<T> {
  return useQuery({
    queryKey: keyOf(path ?? '', 'object'),
    queryFn: ({ signal }) => read<T>(path!, signal),
    enabled: path !== undefined,
    ...(options.refetchSeconds && { refetchInterval: options.refetchSeconds * 1000 }),
  });
}

/** An object with its ETag, for a form that will change it. */
export function useGraphWithEtag<T>(path: string | undefined): UseQueryResult<GraphAnswer<T>> {
  return useQuery({
    queryKey: keyOf(path ?? '', 'etag'),
    queryFn: ({ signal }) => graph<T>(path!, { signal }),
    enabled: path !== undefined,
  });
}

interface Page<T> {
  readonly value: readonly T[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.count'?: number;
  readonly '@cardea.countIsCeiling'?: boolean;
}

/** A list that is read a page at a time. */
export interface PagedList<T> {
  readonly rows: readonly T[];
  /** Of all rows, where the request asked for it. */
  readonly total: number | undefined;
  /** There may be more than `total`: Graph counts searches up to a number. */
  readonly isCeiling: boolean;
  readonly query: UseInfiniteQueryResult<unknown>;
}

/** A list of Graph; the next page is read when it is asked for. The last answer stays visible while a new one is read. */
export function usePages<T>(
  path: string | undefined,
  options: { readonly refetchSeconds?: number } = {},
): PagedList<T> {
  const query = useInfiniteQuery({
    queryKey: keyOf(path ?? '', 'pages'),
    queryFn: ({ pageParam, signal }) => read<Page<T>>(pageParam, signal),
    initialPageParam: path ?? '',
    getNextPageParam: (page) => pathOf(page['@odata.nextLink']),
    placeholderData: keepPreviousData,
    enabled: path !== undefined,
    ...(options.refetchSeconds && { refetchInterval: options.refetchSeconds * 1000 }),
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.value) ?? [], [query.data]);
  const first = query.data?.pages[0];
  return { rows, total: first?.['@odata.count'], isCeiling: first?.['@cardea.countIsCeiling'] === true, query };
}

/** Every row of a list, page after page: for choices and calendars, which are not whole without the last row. */
export function useAll<T>(path: string | undefined): UseQueryResult<readonly T[]> {
  return useQuery({ ...allQuery<T>(path ?? ''), enabled: path !== undefined });
}

/** The query of {@link useAll}, for several lists at once. */
export const allQuery = <T>(path: string) => ({
  queryKey: keyOf(path, 'all'),
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => readAll<T>(path, signal),
});

async function readAll<T>(path: string, signal: AbortSignal): Promise<readonly T[]> {
  const rows: T[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page: Page<T> = await read<Page<T>>(next, signal);
    rows.push(...page.value);
    next = pathOf(page['@odata.nextLink']);
  }
  return rows;
}

/** A `$batch` takes twenty requests. */
export const batchSize = 20;

/** How many objects each list has, counted by Graph; undefined until it is known. @param paths without a query, or with a filter */
export function useCounts(paths: readonly string[]): readonly (number | undefined)[] {
  const parts = Array.from({ length: Math.ceil(paths.length / batchSize) }, (_, at) =>
    paths.slice(at * batchSize, (at + 1) * batchSize),
  );
  const counts = useQueries({
    queries: parts.map((part) => ({
      queryKey: [...keyOf(part[0] ?? '', 'counts'), ...part],
      queryFn: () => countAll(part),
    })),
  });
  return counts.flatMap(({ data }, at) => data ?? parts[at]!.map(() => undefined));
}

interface CountAnswer {
  readonly responses: readonly { readonly body: { readonly '@odata.count'?: number } }[];
}

async function countAll(paths: readonly string[]): Promise<readonly (number | undefined)[]> {
  const requests = paths.map((path, id) => ({
    id: String(id),
    method: 'GET',
    url: listPath(path, { count: true, top: 1 }),
    headers: { consistencylevel: 'eventual' },
  }));
  const { responses } = await send<CountAnswer>('/$batch', { method: 'POST', body: { requests } });
  return responses.map(({ body }) => body['@odata.count']);
}

/** The row with an id, also where the page of the list that has it was not read: it is then read by itself. */
export function useRow<T>(list: PagedList<T>, isSought: (row: T) => boolean, path: string | undefined): T | undefined {
  const row = list.rows.find(isSought);
  const alone = useGraph<T>(row === undefined && list.query.isSuccess ? path : undefined);
  return row ?? (path === undefined ? undefined : alone.data);
}

/** Links of Graph name its host; requests go to the path. */
function pathOf(link: string | undefined): string | undefined {
  if (!link) return undefined;
  const { pathname, search } = new URL(link, location.origin);
  return `${pathname}${search}`;
}

/** What a change does when it has succeeded. */
export interface ChangeOptions<TInput, TResult> {
  /** Paths whose answers are stale then; the default is everything. */
  readonly stale?: readonly string[];
  /** What is announced, when the answers that were stale have been read again. */
  readonly done?: string | ((input: TInput, result: TResult) => string);
  /** Takes the change back; offered with the announcement. */
  readonly undo?: (input: TInput, result: TResult) => Promise<unknown>;
  readonly onDone?: (result: TResult, input: TInput) => void;
  /** What is announced beside {@link done}. */
  readonly text?: () => string | undefined;
  /** Whether a problem leaves a part of the change done, so that answers are stale anyway. */
  readonly isPartlyDone?: (problem: Error) => boolean;
  /** The draft that is sent, of `useDraft`: it continues with the new state once that was read. */
  readonly draft?: { readonly events: DraftEvents };
}

/** A change by Graph. Nothing is shown as changed before Graph answered. The problem is for `ChangeProblem`. */
export function useChange<TInput = void, TResult = unknown>(
  run: (input: TInput) => Promise<TResult>,
  { stale, done, undo, onDone, text, isPartlyDone, draft }: ChangeOptions<TInput, TResult> = {},
) {
  const client = useQueryClient();
  const refresh = async () => {
    if (!stale) await client.invalidateQueries();
    else
      await Promise.all(stale.map((path) => client.invalidateQueries({ queryKey: path.split('/').filter(Boolean) })));
  };
  return useMutation<TResult, Error, TInput>({
    mutationFn: (input) => {
      draft?.events.onSend();
      return run(input);
    },
    onError: (problem) => {
      if (isPartlyDone?.(problem)) void refresh();
    },
    onSuccess: async (result, input) => {
      draft?.events.onSaved();
      leaveForm(() => onDone?.(result, input));
      // What is announced as done is to be seen by then.
      await refresh();
      const title = typeof done === 'function' ? done(input, result) : done;
      const more = text?.();
      const takeBack = undo && { undo: () => undo(input, result).finally(refresh) };
      if (title) notify({ title, ...(more !== undefined && { text: more }), ...takeBack });
      // Where a read failed, the next one brings the new state.
      const isRead = client
        .getQueryCache()
        .findAll({ type: 'active' })
        .every(({ state }) => state.status !== 'error');
      // Behind the notice of the new state, which is under way.
      if (draft && isRead) notifyManager.schedule(draft.events.onRead);
    },
  });
}

/** Sends a change and answers its body; shorthand for {@link useChange}. */
export const send = async <T = unknown>(path: string, request: GraphRequest): Promise<T> =>
  (await graph<T>(path, request)).body;
