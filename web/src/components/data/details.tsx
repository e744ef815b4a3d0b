import type { ReactNode } from 'react';

/** Names and values of an object. A value that is empty is shown as a dash. */
export function Details({ items }: { readonly items: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="details">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === undefined || value === null || value === '' ? '—' : value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A moment in the language and the time zone of the browser; a dash for none. Entries of a log have seconds. */
export function Moment({ at, hasSeconds }: { readonly at: string | null | undefined; readonly hasSeconds?: true }) {
  if (!at) return <>—</>;
  const date = new Date(at);
  const style = hasSeconds ? ({ dateStyle: 'short', timeStyle: 'medium' } as const) : usualStyle;
  return (
    <time dateTime={at} title={date.toISOString()}>
      {date.toLocaleString(undefined, style)}
    </time>
  );
}

const usualStyle = { dateStyle: 'medium', timeStyle: 'short' } as const;

/** A short state in a color that supports its words. */
export function Badge({
  tone,
  children,
}: {
  readonly tone: 'good' | 'bad' | 'warning' | 'neutral';
  readonly children: ReactNode;
}) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}
