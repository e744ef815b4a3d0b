import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { listPath } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';

interface SignIn {
  readonly id: string;
  readonly createdDateTime: string;
  readonly userPrincipalName: string;
  readonly appDisplayName: string;
  readonly status: { readonly errorCode: number; readonly failureReason: string | null };
}

const columns: readonly GridColumn<SignIn>[] = [
  { id: 'user', title: 'User', render: (row) => row.userPrincipalName || '—' },
  { id: 'application', title: 'Application', render: (row) => row.appDisplayName },
  {
    id: 'status',
    title: 'Status',
    render: ({ status }) => (
      <Badge tone={status.errorCode === 0 ? 'good' : 'bad'}>
        {status.errorCode === 0 ? 'Success' : `AADSTS${status.errorCode}`}
      </Badge>
    ),
  },
  { id: 'date', title: 'Date', render: (row) => <Moment at={row.createdDateTime} /> },
];

/** Entries of the sign-in log, of which one is chosen by its user. Those without a stored certificate are answered by Graph. */
export function LogEntryPicker({
  chosen,
  onChoose,
}: {
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}) {
  const list = usePages<SignIn>(listPath('/auditLogs/signIns', { top: 20 }));
  const entry = list.rows.find(({ id }) => id === chosen);
  return (
    <div className="stack">
      <p aria-live="polite">
        {entry
          ? `Chosen: ${entry.userPrincipalName}, ${entry.appDisplayName}`
          : chosen
            ? `Chosen: ${chosen}`
            : 'Choose a sign-in by its user.'}
      </p>
      <DataGrid
        label="Sign-ins"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={({ id }) => onChoose(id)}
        empty="The sign-in log has no entry yet"
      />
    </div>
  );
}
