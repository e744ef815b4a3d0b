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

/** A moment in the language and the time zone of the browser; a dash for none. */
export function Moment({ at }: { readonly at: string | null | undefined }) {
  if (!at) return <>—</>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toISOString()}>
      {date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
    </time>
  );
}

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
