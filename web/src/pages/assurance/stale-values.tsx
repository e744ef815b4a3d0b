import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { MayOnlyRead } from '../../components/layout/loaded.tsx';
import { PageLink } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { usePages } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { restoreValues, StaleValues, valuesChange, type WithStaleValues, withoutStale } from './values.tsx';

const columns: readonly GridColumn<WithStaleValues>[] = [
  {
    id: 'user',
    title: 'User',
    render: (row) => <PageLink to={`/users/${row.userId}`}>{row.userDisplayName || row.userPrincipalName}</PageLink>,
  },
  { id: 'upn', title: 'User principal name', render: (row) => row.userPrincipalName },
  { id: 'stale', title: 'Stale values', render: (row) => <StaleValues values={row.staleValues} /> },
  { id: 'used', title: 'Last certificate sign-in', render: (row) => <Moment at={row.lastUsed} /> },
];

/** Users with certificateUserIds of certificates that are expired, revoked or blocked: remove those of one user or of many. */
export function StaleValuesReport() {
  const may = useMay('certificateUserIds');
  const list = usePages<WithStaleValues>('/beta/reports/staleCertificateUserIds?$top=50');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isConfirming, setConfirming] = useState(false);
  const rows = list.rows.filter(({ userId }) => selected.has(userId));
  const change = useSignInChange(
    rows.map((row) => valuesChange(row, withoutStale(row))),
    {
      stale: ['/beta/reports', '/users'],
      done: `Stale values of ${rows.length} ${rows.length === 1 ? 'user' : 'users'} removed`,
      undo: () => restoreValues(rows),
      onDone: () => {
        setConfirming(false);
        setSelected(new Set());
      },
    },
  );
  return (
    <>
      <MayOnlyRead area="certificateUserIds" />
      <p>
        These values identify only certificates that were used in sign-ins and are now expired, revoked or blocked. A
        value whose certificate was never used in a sign-in is not evaluated.
      </p>
      {may.write && (
        <div className="command-bar">
          <Button kind="primary" isDisabled={rows.length === 0} onPress={() => setConfirming(true)}>
            {rows.length === 0 ? 'Remove' : `Remove from ${rows.length}`}
          </Button>
          <Button
            isDisabled={list.rows.length === 0}
            onPress={() => setSelected(new Set(list.rows.map(({ userId }) => userId)))}
          >
            Select all
          </Button>
        </div>
      )}
      <DataGrid
        label="Stale certificate user IDs"
        list={list}
        columns={columns}
        keyOf={({ userId }) => userId}
        {...(may.write && { selected, onSelect: setSelected })}
        empty="No user has a stale value"
      />
      <ConfirmDialog
        title={`Remove stale values of ${rows.length} ${rows.length === 1 ? 'user' : 'users'}`}
        isOpen={isConfirming}
        onClose={() => setConfirming(false)}
        action="Remove"
        isDanger
        change={change}
        onConfirm={() => change.mutate()}
      >
        <ul>
          {rows.map((row) => (
            <li key={row.userId}>
              {row.userPrincipalName}: <StaleValues values={row.staleValues} />
            </li>
          ))}
        </ul>
      </ConfirmDialog>
    </>
  );
}
