import '../../components/charts/charts.css';
import { useState } from 'react';
import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { useAddressState, useSearchState } from '../../components/data/list-state.ts';
import type { Choice } from '../../components/forms/choices.ts';
import { SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { allOf, listPath, literal } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';
import { type Audit, AuditDetails } from './audit-details.tsx';

const initiatorOf = ({ initiatedBy: { user, app } }: Audit): string =>
  user?.userPrincipalName ?? user?.id ?? app?.displayName ?? '—';

const columns: readonly GridColumn<Audit>[] = [
  {
    id: 'date',
    title: 'Date',
    sortBy: 'activityDateTime',
    render: ({ activityDateTime }) => <Moment at={activityDateTime} hasSeconds />,
  },
  { id: 'service', title: 'Service', render: (row) => row.loggedByService },
  { id: 'category', title: 'Category', render: (row) => row.category },
  { id: 'activity', title: 'Activity', render: (row) => row.activityDisplayName },
  {
    id: 'status',
    title: 'Status',
    render: ({ result }) => (
      <Badge tone={result === 'success' ? 'good' : 'bad'}>{result === 'success' ? 'Success' : 'Failure'}</Badge>
    ),
  },
  { id: 'reason', title: 'Status reason', isHidden: true, render: (row) => row.resultReason || '—' },
  {
    id: 'target',
    title: 'Target',
    render: ({ targetResources: [target] }) => target?.displayName ?? target?.userPrincipalName ?? target?.id ?? '—',
  },
  { id: 'initiator', title: 'Initiated by (actor)', render: initiatorOf },
  { id: 'address', title: 'IP address', isHidden: true, render: (row) => row.initiatedBy.user?.ipAddress ?? '—' },
  { id: 'correlation', title: 'Correlation ID', isHidden: true, render: (row) => row.correlationId },
];

const rangeDays: Readonly<Record<string, number>> = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 };
const rangeChoices: readonly Choice<string>[] = [
  { id: '24h', label: 'Last 24 hours' },
  { id: '7d', label: 'Last 7 days' },
  { id: '30d', label: 'Last month' },
  { id: '90d', label: 'Last 90 days' },
];
const statusChoices: readonly Choice<string>[] = [
  { id: 'all', label: 'All' },
  { id: 'success', label: 'Success' },
  { id: 'failure', label: 'Failure' },
];
const categories = [
  'ApplicationManagement',
  'Authentication',
  'CertificateBasedAuthConfiguration',
  'Device',
  'DirectoryManagement',
  'GroupManagement',
  'KeyManagement',
  'Policy',
  'PublicKeyInfrastructure',
  'RoleManagement',
  'UserManagement',
];
const categoryChoices: readonly Choice<string>[] = [
  { id: 'all', label: 'All' },
  ...categories.map((id) => ({ id, label: id })),
];

const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export default function AuditLogsPage() {
  const [now, setNow] = useState(() => Date.now());
  const [range, setRange] = useAddressState('range', '7d');
  const [status, setStatus] = useAddressState('status');
  const [category, setCategory] = useAddressState('category');
  const [orderby, setOrderby] = useAddressState('orderby', 'activityDateTime desc');
  const { typed, text: correlation, type } = useSearchState('correlation');
  const [entry, setEntry] = useAddressState('entry');
  const columnChoice = useColumns('audits', columns);
  const from = new Date(now - (rangeDays[range] ?? 7) * 86_400_000).toISOString();
  const filter = allOf(
    `activityDateTime ge ${from}`,
    status && `result eq ${literal(status)}`,
    isId.test(correlation) ? `correlationId eq ${literal(correlation)}` : undefined,
    category && `category eq ${literal(category)}`,
  );
  const list = usePages<Audit>(listPath('/auditLogs/directoryAudits', { filter, orderby, top: 50 }));
  const orAll = (set: (id: string) => void) => (id: string) => set(id === 'all' ? '' : id);
  return (
    <Page
      title="Audit logs"
      description="Every change, and every refused change."
      commands={
        <>
          <Command icon="refresh" onPress={() => setNow(Date.now())}>
            Refresh
          </Command>
          <ColumnsButton columns={columnChoice} />
        </>
      }
    >
      <div className="filters">
        <TextInput label="Correlation ID" value={typed} onChange={type} isCode />
        <SelectField label="Date" value={range} choices={rangeChoices} onChange={setRange} />
        <SelectField label="Status" value={status || 'all'} choices={statusChoices} onChange={orAll(setStatus)} />
        <SelectField
          label="Category"
          value={category || 'all'}
          choices={categoryChoices}
          onChange={orAll(setCategory)}
        />
      </div>
      <DataGrid
        label="Audit entries"
        list={list}
        columns={columnChoice.visible}
        keyOf={({ id }) => id}
        onOpen={({ id }) => setEntry(id)}
        orderby={orderby}
        onSort={setOrderby}
        empty="No activity matches"
      />
      <p className="faint">
        Since <Moment at={from} />.
      </p>
      <AuditDetails id={entry || undefined} onClose={() => setEntry('')} />
    </Page>
  );
}
