import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { useSearchState } from '../../components/data/list-state.ts';
import { interruptedCodes, statusOf, statusTones } from '../../components/data/sign-in-status.ts';
import { SearchInput } from '../../components/forms/fields.tsx';
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
    render: (row) => <Badge tone={statusTones[statusOf(row)]}>{statusOf(row)}</Badge>,
  },
  { id: 'code', title: 'Sign-in error code', render: ({ status }) => status.errorCode || '—' },
  { id: 'date', title: 'Date', render: (row) => <Moment at={row.createdDateTime} /> },
];

/** A sign-in that was interrupted continues in another entry, and mostly has no certificate. */
const isFinished = `not(status/errorCode in (${interruptedCodes.join(', ')}))`;

/** Entries of the sign-in log, of which one is chosen by its user. Those without a stored certificate are answered by Graph. */
export function LogEntryPicker({
  chosen,
  onChoose,
}: {
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}) {
  const { typed, text, type } = useSearchState('find');
  const search = text.trim().replaceAll('"', '');
  const list = usePages<SignIn>(listPath('/beta/auditLogs/signIns', { filter: isFinished, search, top: 20 }));
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
      <SearchInput label="Search sign-ins" value={typed} onChange={type} />
      <DataGrid
        label="Sign-ins"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={({ id }) => onChoose(id)}
        empty={search === '' ? 'The sign-in log has no entry yet' : 'No sign-in matches'}
      />
    </div>
  );
}
