import { type ReactNode, useState } from 'react';
import type { Area } from '../../../../src/core/roles/areas.ts';
import { useMay } from '../../app/roles.ts';
import { useGraphWithEtag, usePages } from '../../graph/queries.ts';
import type { GraphChange } from '../../graph/series.ts';
import type { SignInChange } from '../../graph/sign-in-change.ts';
import { Form } from '../forms/form.tsx';
import { Loaded, MayOnlyRead } from '../layout/loaded.tsx';
import { Command } from '../layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../overlays/dialog.tsx';
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

/** The change that creates an object from a whole body or saves what differs of it. */
export const changeOf = (
  { isNew, path }: Pick<ObjectFormProps<unknown>, 'isNew' | 'path'>,
  body: object,
  etag: string | undefined,
): GraphChange => (isNew ? { path, method: 'POST', body } : { path, method: 'PATCH', body, etag });

interface Change extends Partial<SignInChange> {
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly mutate: () => void;
  readonly reset: () => void;
}

interface ObjectFormFrameProps extends Pick<ObjectFormProps<unknown>, 'isNew' | 'reload' | 'onClose'> {
  readonly name: string;
  readonly draft: { readonly isChanged: boolean; readonly reset: () => void };
  readonly change: Change;
  readonly removal: Change;
  readonly mayWrite: boolean;
  /** Whether what is needed is there. */
  readonly isComplete: boolean;
  /** What is said before it is deleted. */
  readonly consequence: string;
  readonly acknowledgements?: readonly string[];
  readonly children: ReactNode;
}

/** The form of an object in a panel, with the command that deletes it. */
export function ObjectForm(props: ObjectFormFrameProps) {
  const { isNew, reload, onClose, name, draft, change, removal, mayWrite, isComplete, children } = props;
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Form
        action={isNew ? 'Create' : 'Save'}
        onSubmit={() => change.mutate()}
        onCancel={onClose}
        isDisabled={!mayWrite || !draft.isChanged || !isComplete}
        change={change}
        draft={draft}
        reload={reload}
        extra={
          !isNew && mayWrite ? (
            <Command icon="delete" onPress={() => setAsking(true)}>
              Delete
            </Command>
          ) : undefined
        }
      >
        {children}
      </Form>
      <ConfirmDialog
        title={`Delete ${name}?`}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action="Delete"
        isDanger
        onConfirm={() => removal.mutate()}
        change={removal}
        {...(props.acknowledgements && { acknowledgements: props.acknowledgements })}
      >
        <p>{props.consequence}</p>
      </ConfirmDialog>
    </>
  );
}
