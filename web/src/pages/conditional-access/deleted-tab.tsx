import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { Command, Section } from '../../components/layout/page.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { RestoreDialog } from '../../components/overlays/restore-dialog.tsx';
import { send, useChange, usePages } from '../../graph/queries.ts';
import { base, paths } from './model.ts';

interface DeletedItem {
  readonly id: string;
  readonly displayName: string;
  readonly deletedDateTime: string;
}

const columns: readonly GridColumn<DeletedItem>[] = [
  { id: 'name', title: 'Name', render: (item) => item.displayName },
  { id: 'deleted', title: 'Deletion date', render: (item) => <Moment at={item.deletedDateTime} /> },
  {
    id: 'end',
    title: 'Permanent deletion date',
    render: ({ deletedDateTime }) => (
      <Moment at={new Date(Date.parse(deletedDateTime) + 30 * 86_400_000).toISOString()} />
    ),
  },
];

/** What was deleted within thirty days. */
export const DeletedTab = () => (
  <>
    <DeletedList title="Policies" path={paths.deletedPolicies} />
    <DeletedList title="Named locations" path={paths.deletedLocations} />
  </>
);

function DeletedList({ title, path }: { readonly title: string; readonly path: string }) {
  const list = usePages<DeletedItem>(path);
  const may = useMay('accessPolicies');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isConfirming, setConfirming] = useState(false);
  const item = list.rows.find(({ id }) => selected.has(id));
  const clear = () => {
    setSelected(new Set());
    setConfirming(false);
    setRestoring(false);
  };
  const [isRestoring, setRestoring] = useState(false);
  const purge = useChange<string>((id) => send(`${path}/${id}`, { method: 'DELETE' }), {
    stale: [base],
    done: `Deleted ${item?.displayName ?? ''} permanently`,
    onDone: clear,
  });
  return (
    <Section
      title={title}
      actions={
        may.write && (
          <div className="row">
            <Command icon="restore" isDisabled={!item} onPress={() => setRestoring(true)}>
              Restore
            </Command>
            <Command icon="delete" isDisabled={!item} onPress={() => setConfirming(true)}>
              Delete permanently
            </Command>
          </div>
        )
      }
    >
      <DataGrid
        label={`Deleted ${title.toLowerCase()}`}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        {...(may.write && {
          selected,
          onSelect: (keys: ReadonlySet<string>) => setSelected(new Set([...keys].slice(-1))),
        })}
        empty="Nothing was deleted in the last thirty days"
      />
      <RestoreDialog
        item={item && isRestoring ? { id: item.id, name: item.displayName } : undefined}
        path={path}
        stale={[base]}
        onClose={clear}
      />
      {item && (
        <ConfirmDialog
          title={`Delete ${item.displayName} permanently?`}
          isOpen={isConfirming}
          onClose={() => setConfirming(false)}
          action="Delete permanently"
          isDanger
          typed={item.displayName}
          onConfirm={() => purge.mutate(item.id)}
          change={purge}
        >
          <p>It cannot be restored afterwards.</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
