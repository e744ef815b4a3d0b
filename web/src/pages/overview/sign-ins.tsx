import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Bars } from '../../components/charts/bars.tsx';
import { statusOf } from '../../components/data/sign-in-status.ts';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { ErrorState, Loading } from '../../components/states.tsx';
import { listPath } from '../../graph/paths.ts';
import { useGraph } from '../../graph/queries.ts';
import { ranges } from '../sign-in-logs/model.ts';
import { outcomeParts, useSummary } from '../sign-in-logs/sign-in-chart.tsx';

/** The sign-ins of the last day, and what they failed for. Only for those who may read the log. */
export function RecentSignIns() {
  const may = useMay('signInLog');
  return may.read ? <Recent /> : null;
}

function Recent() {
  const [to] = useState(() => new Date());
  const { summary, rows, bars } = useSummary(ranges['24h'], to, undefined);
  const failures = new Map<number, number>();
  for (const { errorCode, count } of rows.flatMap(({ byErrorCode }) => byErrorCode))
    if (statusOf({ status: { errorCode } }) === 'Failure')
      failures.set(errorCode, (failures.get(errorCode) ?? 0) + count);
  const most = [...failures].sort((first, second) => second[1] - first[1]).slice(0, 5);
  return (
    <Section title="Sign-ins in the last 24 hours" actions={<PageLink to="/sign-in-logs">Sign-in logs</PageLink>}>
      {summary.isPending && <Loading what="Counting sign-ins" />}
      {summary.error && <ErrorState problem={summary.error} retry={summary.refetch} />}
      {summary.data && (
        <>
          <Bars label="Sign-ins" parts={outcomeParts} bars={bars} milliseconds={ranges['24h'].milliseconds} />
          {most.length > 0 && (
            <TableFrame
              label="Most frequent failures"
              head={['Most frequent failures', 'Reason of the latest', 'Sign-ins']}
            >
              {most.map(([code, count]) => (
                <tr key={code}>
                  <th scope="row">
                    <PageLink to={`/sign-in-logs?code=${code}`}>AADSTS{code}</PageLink>
                  </th>
                  <td>
                    <LatestReason code={code} />
                  </td>
                  <td>{count.toLocaleString()}</td>
                </tr>
              ))}
            </TableFrame>
          )}
        </>
      )}
      <LowAffinityNote />
    </Section>
  );
}

/** The words of the newest failure with an error number: a number stands for several reasons. */
function LatestReason({ code }: { readonly code: number }) {
  const filter = `status/errorCode eq ${code}`;
  const query = useGraph<{ readonly value: readonly { readonly status: { readonly failureReason: string } }[] }>(
    listPath('/auditLogs/signIns', { filter, top: 1 }),
  );
  return query.isPending ? '…' : (query.data?.value[0]?.status.failureReason ?? '—');
}

/** Leads to the users whose bindings should be better. */
function LowAffinityNote() {
  const query = useGraph<{ readonly value: readonly unknown[]; readonly '@odata.nextLink'?: string }>(
    '/beta/reports/lowAffinityUsers?$top=20',
  );
  const { value = [], '@odata.nextLink': more } = query.data ?? {};
  if (value.length === 0) return null;
  return (
    <p>
      <PageLink to="/assurance?tab=bindings">
        {value.length}
        {more ? ' or more users are' : value.length === 1 ? ' user is' : ' users are'} bound by low affinity
      </PageLink>
    </p>
  );
}
