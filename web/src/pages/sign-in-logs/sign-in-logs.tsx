import { useState } from 'react';
import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { useAddressQuery, useAddressState, useSearchState } from '../../components/data/list-state.ts';
import { statusOf, statusTones } from '../../components/data/sign-in-status.ts';
import { SearchInput, SwitchField } from '../../components/forms/fields.tsx';
import { Command, Page, PageTabs } from '../../components/layout/page.tsx';
import { listPath } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';
import { ExportButton } from './export-button.tsx';
import { FilterRow } from './filter-row.tsx';
import { type EventKind, listFilter, type Range, ranges, type SignIn, spanOf } from './model.ts';
import { SignInChart } from './sign-in-chart.tsx';
import { SignInDetails } from './sign-in-details.tsx';

const columns: readonly GridColumn<SignIn>[] = [
  {
    id: 'date',
    title: 'Date',
    sortBy: 'createdDateTime',
    render: (row) => <Moment at={row.createdDateTime} hasSeconds />,
  },
  { id: 'id', title: 'Request ID', isHidden: true, render: (row) => row.id },
  { id: 'correlation', title: 'Correlation ID', isHidden: true, render: (row) => row.correlationId },
  { id: 'user', title: 'User', render: (row) => row.userDisplayName || row.userPrincipalName || '—' },
  { id: 'upn', title: 'Username', isHidden: true, render: (row) => row.userPrincipalName || '—' },
  { id: 'app', title: 'Application', render: (row) => row.appDisplayName },
  { id: 'resource', title: 'Resource', isHidden: true, render: (row) => row.resourceDisplayName || '—' },
  {
    id: 'status',
    title: 'Status',
    render: (row) => <Badge tone={statusTones[statusOf(row)]}>{statusOf(row)}</Badge>,
  },
  { id: 'code', title: 'Sign-in error code', render: (row) => row.status.errorCode || '—' },
  { id: 'reason', title: 'Failure reason', isHidden: true, render: (row) => row.status.failureReason ?? '—' },
  { id: 'ip', title: 'IP address', render: (row) => row.ipAddress || '—' },
  { id: 'access', title: 'Conditional Access', render: (row) => accessWords[row.conditionalAccessStatus] ?? '—' },
  {
    id: 'requirement',
    title: 'Authentication requirement',
    render: (row) =>
      row.authenticationRequirement === 'multiFactorAuthentication'
        ? 'Multifactor authentication'
        : 'Single-factor authentication',
  },
  { id: 'client', title: 'Client app', isHidden: true, render: (row) => row.clientAppUsed },
  { id: 'browser', title: 'Browser', isHidden: true, render: (row) => row.deviceDetail.browser || '—' },
  { id: 'system', title: 'Operating system', isHidden: true, render: (row) => row.deviceDetail.operatingSystem || '—' },
  { id: 'device', title: 'Device', isHidden: true, render: (row) => row.deviceDetail.displayName ?? '—' },
];

const accessWords: Readonly<Record<string, string>> = {
  success: 'Success',
  failure: 'Failure',
  notApplied: 'Not applied',
};

const kinds: readonly { readonly id: EventKind; readonly title: string }[] = [
  { id: 'interactiveUser', title: 'User sign-ins (interactive)' },
  { id: 'nonInteractiveUser', title: 'User sign-ins (non-interactive)' },
  { id: 'servicePrincipal', title: 'Service principal sign-ins' },
];

export default function SignInLogsPage() {
  return (
    <Page title="Sign-in logs" description="Every sign-in with its decision. New entries appear within seconds.">
      <PageTabs
        label="Kinds of sign-ins"
        name="events"
        tabs={kinds.map(({ id, title }) => ({ id, title, content: () => <SignInList key={id} kind={id} /> }))}
      />
    </Page>
  );
}

/** What the address says to look for. Times are counted back from when the page was opened or refreshed. */
function useFilters(kind: EventKind, now: number) {
  const query = useAddressQuery();
  const value = (name: string) => query.get(name) ?? '';
  const range = (value('range') in ranges ? value('range') : '24h') as Range;
  const start = dateOf(value('start'));
  const isCustom = value('range') === 'custom';
  const end = isCustom ? dateOf(value('to')) : undefined;
  const begin =
    (isCustom && dateOf(value('from'))) || new Date((end?.getTime() ?? now) - ranges[range].days * 86_400_000);
  const to = end ?? new Date(now);
  const span = isCustom ? spanOf(begin, to) : ranges[range];
  const from = start ?? begin;
  const until = start ? new Date(start.getTime() + span.milliseconds) : end;
  const filters = {
    ...{ kind, from, until, status: value('status'), user: value('user'), app: value('app') },
    ...{ address: value('address'), errorCode: value('code'), access: value('access') },
    correlation: value('correlation'),
  };
  return { filters, span, to };
}

/** A moment of the address; undefined for another text. */
const dateOf = (text: string): Date | undefined => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text));

function SignInList({ kind }: { readonly kind: EventKind }) {
  const [now, setNow] = useState(() => Date.now());
  const [isLive, setLive] = useState(false);
  const [orderby, setOrderby] = useAddressState('orderby', 'createdDateTime desc');
  const [entry, setEntry] = useAddressState('entry');
  const { typed, text, type } = useSearchState();
  const { filters, span, to } = useFilters(kind, now);
  const columnChoice = useColumns('sign-ins', columns);
  const filter = listFilter(filters);
  const search = text.trim().replaceAll('"', '');
  const path = listPath('/beta/auditLogs/signIns', { filter, search, orderby, top: 50 });
  const list = usePages<SignIn>(path, isLive ? { refetchSeconds: 5 } : {});
  return (
    <>
      <div className="command-bar">
        <Command icon="refresh" onPress={() => setNow(Date.now())}>
          Refresh
        </Command>
        <ExportButton path={listPath('/beta/auditLogs/signIns', { filter, search, orderby })} />
        <ColumnsButton columns={columnChoice} />
      </div>
      <div className="list-tools">
        <SearchInput
          label="Search sign-ins"
          placeholder="User, app, IP address, thumbprint"
          value={typed}
          onChange={type}
        />
        <SwitchField label="Live" isSelected={isLive} onChange={setLive} />
      </div>
      <FilterRow />
      <SignInChart filters={filters} span={span} to={to} isNarrower={search !== '' || filters.access !== ''} />
      <DataGrid
        label="Sign-ins"
        list={list}
        columns={columnChoice.visible}
        keyOf={({ id }) => id}
        onOpen={({ id }) => setEntry(id)}
        orderby={orderby}
        onSort={setOrderby}
        empty="No sign-in matches"
      />
      <SignInDetails id={entry || undefined} onClose={() => setEntry('')} />
    </>
  );
}
