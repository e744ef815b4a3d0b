import { Bars } from '../../components/charts/bars.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import { Loading, Message } from '../../components/states.tsx';
import { useGraph } from '../../graph/queries.ts';
import { countedFilter, type SignInFilters, type Span } from './model.ts';

interface SummaryRow {
  readonly start: string;
  readonly granted: number;
  readonly interrupted: number;
  readonly refused: number;
  readonly byErrorCode: readonly { readonly errorCode: number; readonly count: number }[];
}

export const outcomeParts = [
  { title: 'Success', color: 0 },
  { title: 'Interrupted', color: 1 },
  { title: 'Failure', color: 2 },
] as const;

/** Graph's summary of a length of time that ends at `to`. */
export function useSummary({ days, interval, milliseconds }: Span, to: Date, filter: string | undefined) {
  // Bars begin on the hour or the day, so that the server counts each of them once.
  const end = Math.ceil(to.getTime() / milliseconds) * milliseconds - 1;
  const from = new Date(end + 1 - days * 86_400_000).toISOString();
  const parameters = `interval='${interval}',from=${from},to=${new Date(end).toISOString()}`;
  const query = filter ? `?$filter=${encodeURIComponent(filter)}` : '';
  const summary = useGraph<{ readonly value: readonly SummaryRow[] }>(
    `/beta/auditLogs/signIns/summary(${parameters})${query}`,
  );
  const rows = summary.data?.value ?? [];
  const bars = rows.map(({ start, granted, interrupted, refused }) => ({
    start,
    counts: [granted, interrupted, refused],
  }));
  return { summary, rows, bars, milliseconds };
}

/** Sign-ins over the range of the list by outcome. A bar narrows the list to its time. */
export function SignInChart({
  filters,
  span,
  to,
  isNarrower,
}: {
  readonly filters: SignInFilters;
  readonly span: Span;
  readonly to: Date;
  /** The list has conditions that are not counted by. */
  readonly isNarrower: boolean;
}) {
  const [start, setStart] = useAddressState('start');
  const { summary, bars, milliseconds } = useSummary(span, to, countedFilter(filters));
  if (summary.isPending) return <Loading what="Counting sign-ins" />;
  if (summary.error)
    return (
      <Message tone="warning" title="The chart cannot be shown.">
        {summary.error.message}
      </Message>
    );
  return (
    <>
      <Bars
        label="Sign-ins"
        parts={outcomeParts}
        bars={bars}
        milliseconds={milliseconds}
        chosen={start}
        onChoose={(next) => setStart(next ?? '')}
      />
      {isNarrower && <p className="faint">The chart ignores the search and the Conditional Access filter.</p>}
    </>
  );
}
