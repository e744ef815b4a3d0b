import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { send, useChange, usePages } from '../../graph/queries.ts';

interface DeletedUser {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly deletedDateTime: string;
}

const columns: readonly GridColumn<DeletedUser>[] = [
  { id: 'name', title: 'Display name', render: (user) => user.displayName },
  { id: 'upn', title: 'User principal name', render: (user) => user.userPrincipalName },
  { id: 'deleted', title: 'Deletion date', render: (user) => <Moment at={user.deletedDateTime} /> },
  {
    id: 'end',
    title: 'Permanent deletion date',
    render: (user) => <Moment at={new Date(Date.parse(user.deletedDateTime) + 30 * 86_400_000).toISOString()} />,
  },
];

const path = '/directory/deletedItems';

export default function DeletedUsersPage() {
  const may = useMay('users');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isPurging, setPurging] = useState(false);
  const list = usePages<DeletedUser>(`${path}/microsoft.graph.user?$top=50`);
  const ids = [...selected];
  const options = {
    stale: ['/users', path],
    onDone: () => {
      setSelected(new Set());
      setPurging(false);
    },
  };
  const each = (work: (id: string) => Promise<unknown>) => async () => {
    for (const id of ids) await work(id);
  };
  const restore = useChange(
    each((id) => send(`${path}/${id}/restore`, { method: 'POST' })),
    { ...options, done: 'Restored' },
  );
  const purge = useChange(
    each((id) => send(`${path}/${id}`, { method: 'DELETE' })),
    { ...options, done: 'Deleted permanently' },
  );
  return (
    <Page
      title="Deleted users"
      above={[{ title: 'Users', to: '/users' }]}
      description="Deleted users can be restored for thirty days, with their groups, roles and authentication methods."
      commands={
        <>
          <Command
            icon="restore"
            onPress={() => restore.mutate()}
            isPending={restore.isPending}
            isDisabled={!may.write || ids.length === 0}
          >
            Restore
          </Command>
          <Command icon="delete" onPress={() => setPurging(true)} isDisabled={!may.write || ids.length === 0}>
            Delete permanently
          </Command>
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
        </>
      }
    >
      <ChangeProblem problem={restore.error} />
      <DataGrid
        label="Deleted users"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        {...(may.write && { selected, onSelect: setSelected })}
        empty="No user was deleted in the last thirty days"
      />
      <ConfirmDialog
        title="Delete permanently"
        isOpen={isPurging}
        onClose={() => setPurging(false)}
        action="Delete permanently"
        isDanger
        acknowledgements={['I understand that this cannot be undone.']}
        onConfirm={() => purge.mutate()}
        change={purge}
      >
        <p>{ids.length === 1 ? 'One user' : `${ids.length} users`} and all authentication methods will be removed.</p>
      </ConfirmDialog>
    </Page>
  );
}
