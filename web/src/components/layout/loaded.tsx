import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Area } from '#core/roles/areas.ts';
import { useMay } from '../../app/roles.ts';
import { problemKind } from '../../graph/errors.ts';
import { Button } from '../button.tsx';
import { CorrelationId, ErrorState, Loading, Message, ReadOnlyNote } from '../states.tsx';
import { Page } from './page.tsx';

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  /** What is read: "group". */
  readonly what?: string;
  readonly children: (data: T) => ReactNode;
}

/**
 * What a query has read, or why it was not read. What was read stays, with the edits in it, when a later read fails for a
 * while: the problem is then above it.
 */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  const { data, error, isPending, refetch } = query;
  const isGone = problemKind(error) === 'notFound' || problemKind(error) === 'noPermission';
  if (isPending) return <Loading {...(what && { what: `Loading the ${what}` })} />;
  if (data === undefined || isGone) return <ErrorState problem={error as Error} retry={refetch} />;
  return (
    <>
      {error && <OutOfDate problem={error} retry={refetch} />}
      {children(data)}
    </>
  );
}

const OutOfDate = ({ problem, retry }: { readonly problem: Error; readonly retry: () => unknown }) => (
  <Message tone="warning" title="This may be out of date." isAlert>
    <p>{problem.message}</p>
    <CorrelationId problem={problem} />
    <Button icon="refresh" onPress={retry}>
      Read it again
    </Button>
  </Message>
);

interface ObjectPageProps<T> extends LoadedProps<T> {
  readonly what: string;
  /** The pages above this one. */
  readonly above: readonly { readonly title: string; readonly to: string }[];
  /** What the user needs to write for changes; others read which roles may. */
  readonly area?: Area;
  readonly title: (data: T) => string;
  readonly description?: (data: T) => ReactNode;
  readonly commands?: (data: T) => ReactNode;
}

/** The page of one object, while it is read, after that, and where it cannot be read. */
export function ObjectPage<T>({ area, above, title, description, commands, children, ...read }: ObjectPageProps<T>) {
  const { data } = read.query;
  const name = `${read.what.charAt(0).toUpperCase()}${read.what.slice(1)}`;
  return (
    <Page
      title={data === undefined ? name : title(data)}
      above={above}
      description={data !== undefined && description?.(data)}
      commands={data !== undefined && commands?.(data)}
    >
      {area && <MayOnlyRead area={area} />}
      <Loaded {...read}>{children}</Loaded>
    </Page>
  );
}

/** Which roles may change what is below, for a user who may not. */
export function MayOnlyRead({ area }: { readonly area: Area }) {
  const may = useMay(area);
  return may.write ? null : <ReadOnlyNote roles={may.writers} />;
}
