import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Form } from '../../components/forms/form.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { Command } from '../../components/layout/page.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, usePages } from '../../graph/queries.ts';
import { sendChange, useSeries } from '../../graph/series.ts';
import { referenceAddition } from '../../graph/sign-in-change.ts';

interface Owner {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName?: string;
}

/** The owners of an application or service principal. @param path of the object */
export function Owners({ path }: { readonly path: string }) {
  const list = usePages<Owner>(`${path}/owners`);
  const { write, writers } = useMay('applications');
  const [isAdding, setAdding] = useState(false);
  const [users, setUsers] = useState<DirectoryItem[]>([]);
  const addition = useSeries(
    users.map((user) => referenceAddition(`${path}/owners`, user)),
    {
      done: 'Added the owners',
      onDone: () => {
        setAdding(false);
        setUsers([]);
      },
    },
  );
  const removal = useChange<Owner>(({ id }) => send(`${path}/owners/${id}/$ref`, { method: 'DELETE' }), {
    done: ({ displayName }) => `Removed ${displayName}`,
    undo: (owner) => sendChange(referenceAddition(`${path}/owners`, owner)),
  });
  const columns: readonly GridColumn<Owner>[] = [
    { id: 'name', title: 'Name', render: ({ displayName }) => displayName },
    { id: 'upn', title: 'User principal name', render: ({ userPrincipalName }) => userPrincipalName ?? '—' },
    ...(write
      ? [
          {
            id: 'remove',
            title: 'Remove',
            render: (owner: Owner) => (
              <Button
                kind="subtle"
                icon="delete"
                label={`Remove ${owner.displayName}`}
                onPress={() => removal.mutate(owner)}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      {!write && <ReadOnlyNote roles={writers} />}
      {write && (
        <div className="command-bar">
          <Command icon="add" onPress={() => setAdding(true)}>
            Add owners
          </Command>
        </div>
      )}
      <ChangeProblem problem={removal.error} />
      <DataGrid
        label="Owners"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/users/${id}`}
        empty="There is no owner"
      />
      <SidePanel title="Add owners" isOpen={isAdding} onClose={() => setAdding(false)}>
        <Form
          action="Add"
          onSubmit={() => addition.mutate()}
          onCancel={() => setAdding(false)}
          isDisabled={users.length === 0}
          change={addition}
        >
          <DirectoryPicker label="Users" kind="users" chosen={users} onChange={setUsers} />
        </Form>
      </SidePanel>
    </>
  );
}
