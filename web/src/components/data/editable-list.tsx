import type { ReactNode } from 'react';
import type { Area } from '#core/roles/areas.ts';
import { useMay } from '../../app/roles.ts';
import { useGraphWithEtag, usePages } from '../../graph/queries.ts';
import { Loaded, MayOnlyRead } from '../layout/loaded.tsx';
import { Command } from '../layout/page.tsx';
import { SidePanel } from '../overlays/dialog.tsx';
import { DataGrid, type GridColumn } from './data-grid.tsx';
import { useAddressState } from './list-state.ts';

/** What the form of an object gets. */
export interface ObjectFormProps<T> {
  readonly original: T;
  readonly isNew: boolean;
  /** Graph's path of the object, or of the collection for a new one. */
  readonly path: string;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
  readonly onClose: () => void;
  /** The objects of the list. */
  readonly rows: readonly T[];
}

interface EditableListProps<T> {
  /** What the rows are: "Named locations". */
  readonly label: string;
  /** Graph's path of the collection. */
  readonly path: string;
  readonly area: Area;
  readonly columns: readonly GridColumn<T>[];
  readonly empty: string;
  /** The command that begins a new object. */
  readonly create: string;
  /** Above the list. */
  readonly note?: ReactNode;
  /** Of the panel. */
  readonly title: (original: T, isNew: boolean) => string;
  /** What a new object begins with. */
  readonly blank: (rows: readonly T[]) => T;
  readonly isWide?: boolean;
  readonly form: (props: ObjectFormProps<T>) => ReactNode;
}

/** A list whose objects are created, changed and deleted in a panel beside it. The open one is in the address. */
export function EditableList<T extends { readonly id: string }>(props: EditableListProps<T>) {
  const { label, path, area, columns, empty, create, note } = props;
  const list = usePages<T>(path);
  const may = useMay(area);
  const [open, setOpen] = useAddressState('item');
  return (
    <>
      <MayOnlyRead area={area} />
      <div className="command-bar">
        {may.write && (
          <Command icon="add" onPress={() => setOpen('new')}>
            {create}
          </Command>
        )}
        <Command icon="refresh" onPress={() => list.query.refetch()}>
          Refresh
        </Command>
      </div>
      {note}
      <DataGrid
        label={label}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={({ id }) => setOpen(id)}
        empty={empty}
      />
      {open !== '' && (open !== 'new' || may.write) && (
        <ObjectPanel {...props} id={open} rows={list.rows} onClose={() => setOpen('')} />
      )}
    </>
  );
}

interface ObjectPanelProps<T> extends EditableListProps<T> {
  /** `new` for a new one. */
  readonly id: string;
  readonly rows: readonly T[];
  readonly onClose: () => void;
}

function ObjectPanel<T>({ id, rows, title, blank, isWide = false, form, onClose, ...props }: ObjectPanelProps<T>) {
  const isNew = id === 'new';
  const path = isNew ? props.path : `${props.path}/${id}`;
  const query = useGraphWithEtag<T>(isNew ? undefined : path);
  const original = isNew ? blank(rows) : query.data?.body;
  const common = { isNew, path, rows, onClose, reload: query.refetch };
  return (
    <SidePanel title={original ? title(original, isNew) : props.label} isOpen onClose={onClose} isWide={isWide}>
      {isNew ? (
        form({ ...common, original: blank(rows), etag: undefined })
      ) : (
        <Loaded query={query}>{({ body, etag }) => form({ ...common, original: body, etag })}</Loaded>
      )}
    </SidePanel>
  );
}
