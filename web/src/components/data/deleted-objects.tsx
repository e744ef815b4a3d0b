import { useState } from 'react';
import type { Area } from '#core/roles/areas.ts';
import { useMay } from '../../app/roles.ts';
import { usePages } from '../../graph/queries.ts';
import type { GraphChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { MayOnlyRead } from '../layout/loaded.tsx';
import { Command, Page } from '../layout/page.tsx';
import { ConfirmDialog } from '../overlays/dialog.tsx';
import { DataGrid, type GridColumn } from './data-grid.tsx';
import { Moment } from './details.tsx';

interface DeletedObject {
  readonly id: string;
  readonly displayName: string;
  readonly deletedDateTime: string;
}

const path = '/directory/deletedItems';
const days = 30 * 86_400_000;

interface DeletedObjectsProps<T extends DeletedObject> {
  /** Plural and singular: `users`, `user`. */
  readonly kind: readonly [plural: 'users' | 'groups', singular: 'user' | 'group'];
  readonly description: string;
  /** The area whose writers restore and delete them. */
  readonly area: Area;
  /** Beside the name and the dates. */
  readonly columns?: readonly GridColumn<T>[];
  /** What goes with them for good. */
  readonly consequence: string;
}

/** Objects of the directory that were deleted within thirty days: restore them, or delete them for good. */
export function DeletedObjects<T extends DeletedObject>(props: DeletedObjectsProps<T>) {
  const [plural, singular] = props.kind;
  const title = plural === 'users' ? 'Users' : 'Groups';
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<Question>();
  const list = usePages<T>(`${path}/microsoft.graph.${singular}?$top=50`);
  const chosen = list.rows.filter(({ id }) => selected.has(id));
  const columns: readonly GridColumn<T>[] = [
    { id: 'name', title: 'Display name', render: (item) => item.displayName },
    ...(props.columns ?? []),
    { id: 'deleted', title: 'Deletion date', render: (item) => <Moment at={item.deletedDateTime} /> },
    {
      id: 'end',
      title: 'Permanent deletion date',
      render: (item) => <Moment at={new Date(Date.parse(item.deletedDateTime) + days).toISOString()} />,
    },
  ];
  const may = useMay(props.area);
  const isDisabled = !may.write || chosen.length === 0;
  return (
    <Page
      title={`Deleted ${plural}`}
      above={[{ title, to: `/${plural}` }]}
      description={props.description}
      commands={
        <>
          <Command icon="restore" onPress={() => setOpen('restore')} isDisabled={isDisabled}>
            Restore
          </Command>
          <Command icon="delete" onPress={() => setOpen('purge')} isDisabled={isDisabled}>
            Delete permanently
          </Command>
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
        </>
      }
    >
      <MayOnlyRead area={props.area} />
      <DataGrid
        label={`Deleted ${plural}`}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        {...(may.write && { selected, onSelect: setSelected })}
        empty={`No ${singular} was deleted in the last thirty days`}
      />
      <Questions
        kind={props.kind}
        consequence={props.consequence}
        chosen={chosen}
        open={open}
        onClose={() => setOpen(undefined)}
        onDone={() => setSelected(new Set())}
      />
    </Page>
  );
}

type Question = 'restore' | 'purge';

interface QuestionsProps extends Pick<DeletedObjectsProps<DeletedObject>, 'kind' | 'consequence'> {
  readonly chosen: readonly DeletedObject[];
  readonly open: Question | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** The questions before the chosen objects are restored, and before they are deleted for good. */
function Questions({ kind: [plural, singular], consequence, chosen, open, onClose, onDone }: QuestionsProps) {
  const each = (change: (id: string) => GraphChange) =>
    chosen.map(({ id, displayName }) => ({ ...change(id), about: displayName }));
  const options = {
    stale: [`/${plural}`, path],
    onDone: () => {
      onDone();
      onClose();
    },
  };
  const restore = useSignInChange(
    each((id) => ({ path: `${path}/${id}/restore`, method: 'POST' })),
    { ...options, done: 'Restored' },
  );
  const purge = useSignInChange(
    each((id) => ({ path: `${path}/${id}`, method: 'DELETE' })),
    { ...options, done: 'Deleted permanently', isPreviewed: false },
  );
  const names = (
    <ul>
      {chosen.map(({ id, displayName }) => (
        <li key={id}>{displayName}</li>
      ))}
    </ul>
  );
  return (
    <>
      <ConfirmDialog
        title={chosen.length === 1 ? `Restore ${singular}` : `Restore ${chosen.length} ${plural}`}
        isOpen={open === 'restore'}
        onClose={onClose}
        action="Restore"
        onConfirm={() => restore.mutate()}
        change={restore}
      >
        {names}
      </ConfirmDialog>
      <ConfirmDialog
        title="Delete permanently"
        isOpen={open === 'purge'}
        onClose={onClose}
        action="Delete permanently"
        isDanger
        acknowledgements={['I understand that this cannot be undone.']}
        onConfirm={() => purge.mutate()}
        change={purge}
      >
        <p>{consequence}</p>
        {names}
      </ConfirmDialog>
    </>
  );
}
