import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Badge } from '../../components/data/details.tsx';
import { Section } from '../../components/layout/page.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/states.tsx';
import { listPath } from '../../graph/paths.ts';
import { useAll } from '../../graph/queries.ts';
import { type Health, healthPath } from './model.ts';
import './pki-health.css';

const millisecondsOfDay = 86_400_000;

/** How far an end is, in words and in the color of the warnings 60 and 7 days ahead. */
function Distance({ at }: { readonly at: string }) {
  const days = Math.floor((Date.parse(at) - Date.now()) / millisecondsOfDay);
  const [count, unit] = Math.abs(days) < 730 ? [days, 'day' as const] : [Math.trunc(days / 365), 'year' as const];
  const text = new Intl.RelativeTimeFormat(undefined, { numeric: 'always' }).format(count, unit);
  return <Badge tone={days < 7 ? 'bad' : days < 60 ? 'warning' : 'neutral'}>{text}</Badge>;
}

/** Ends that are shown at first, and more each time. */
const eventsAtOnce = 200;

/** What ends when, month by month: every CA and list, the earliest end first. */
export function Calendar({ onOpen }: { readonly onOpen: (id: string) => void }) {
  const query = useAll<Pick<Health, 'authorityId' | 'displayName' | 'notAfter' | 'crls'>>(
    listPath(healthPath, { select: ['authorityId', 'displayName', 'notAfter', 'crls'], top: 500 }),
  );
  const [visibleCount, setVisibleCount] = useState(eventsAtOnce);
  if (query.isPending) return <Loading what="Loading the expiry dates" />;
  if (query.error) return <ErrorState problem={query.error} retry={query.refetch} />;
  const events = query.data.flatMap((ca) => [
    { at: ca.notAfter, text: 'The certificate authority expires', ca, id: ca.authorityId },
    ...ca.crls.flatMap(({ nextUpdateDateTime, url }) =>
      nextUpdateDateTime
        ? [{ at: nextUpdateDateTime, text: `The CRL ${url} expires`, ca, id: `${ca.authorityId} ${url}` }]
        : [],
    ),
  ]);
  const earliest = events.sort((a, b) => a.at.localeCompare(b.at)).slice(0, visibleCount);
  const months = Map.groupBy(earliest, ({ at }) => at.slice(0, 7));
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
      {events.length > earliest.length && (
        <footer className="grid-footer">
          <span role="status">{`${earliest.length} of ${events.length.toLocaleString()} shown`}</span>
          <Button onPress={() => setVisibleCount(visibleCount + eventsAtOnce)}>Show more</Button>
        </footer>
      )}
    </>
  );
}
