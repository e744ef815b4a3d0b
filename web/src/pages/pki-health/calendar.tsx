import { Badge } from '../../components/data/details.tsx';
import { Section } from '../../components/layout/page.tsx';
import { EmptyState } from '../../components/states.tsx';
import type { PagedList } from '../../graph/queries.ts';
import type { Health } from './model.ts';
import './pki-health.css';

const millisecondsOfDay = 86_400_000;

/** How far an end is, in words and in the colour of the warnings 60 and 7 days ahead. */
function Distance({ at }: { readonly at: string }) {
  const days = Math.floor((Date.parse(at) - Date.now()) / millisecondsOfDay);
  const [count, unit] = Math.abs(days) < 730 ? [days, 'day' as const] : [Math.trunc(days / 365), 'year' as const];
  const text = new Intl.RelativeTimeFormat(undefined, { numeric: 'always' }).format(count, unit);
  return <Badge tone={days < 7 ? 'bad' : days < 60 ? 'warning' : 'neutral'}>{text}</Badge>;
}

/** What ends when, month by month: CAs and lists. */
export function Calendar({
  list,
  onOpen,
}: {
  readonly list: PagedList<Health>;
  readonly onOpen: (id: string) => void;
}) {
  const events = list.rows.flatMap((ca) => [
    { at: ca.notAfter, text: 'The certificate authority expires', ca, id: ca.authorityId },
    ...ca.crls.flatMap(({ nextUpdateDateTime, url }) =>
      nextUpdateDateTime
        ? [{ at: nextUpdateDateTime, text: `The CRL ${url} expires`, ca, id: `${ca.authorityId} ${url}` }]
        : [],
    ),
  ]);
  const months = Map.groupBy(
    events.sort((a, b) => a.at.localeCompare(b.at)),
    ({ at }) => at.slice(0, 7),
  );
  if (events.length === 0) return <EmptyState title="Nothing ends" />;
  return (
    <>
      {[...months].map(([month, items]) => (
        <Section
          key={month}
          title={new Date(`${month}-15`).toLocaleDateString(undefined, { month: 'long', year: 'numeric' })}
        >
          <ul className="calendar">
            {items.map(({ at, text, ca, id }) => (
              <li key={id}>
                <time dateTime={at} className="calendar-day">
                  {new Date(at).toLocaleDateString(undefined, { month: 'short', day: 'numeric' })}
                </time>
                <span>
                  <button type="button" className="link break" onClick={() => onOpen(ca.authorityId)}>
                    {ca.displayName}
                  </button>
                  <span className="break help">{text}</span>
                </span>
                <Distance at={at} />
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </>
  );
}
