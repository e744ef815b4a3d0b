import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge } from '../../components/data/details.tsx';
import { CheckboxField, SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form, useDraft } from '../../components/forms/form.tsx';
import { Command } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, useGraphWithEtag, usePages } from '../../graph/queries.ts';
import { type AuthenticationContext, base, paths } from './model.ts';

const columns: readonly GridColumn<AuthenticationContext>[] = [
  { id: 'name', title: 'Name', render: (context) => context.displayName },
  { id: 'id', title: 'ID', render: (context) => <code>{context.id}</code> },
  { id: 'description', title: 'Description', render: (context) => context.description ?? '—' },
  {
    id: 'available',
    title: 'Published to apps',
    render: ({ isAvailable }) => <Badge tone={isAvailable ? 'good' : 'neutral'}>{isAvailable ? 'Yes' : 'No'}</Badge>,
  },
];

/** Authentication contexts: what an application can ask for. */
export function ContextsTab() {
  const list = usePages<AuthenticationContext>(paths.contexts);
  const may = useMay('accessPolicies');
  const [open, setOpen] = useState<AuthenticationContext>();
  const free = Array.from({ length: 99 }, (_, i) => `c${i + 1}`).filter(
    (id) => !list.rows.some((row) => row.id === id),
  );
  const first: AuthenticationContext = { id: free[0] ?? 'c1', displayName: '', description: null, isAvailable: true };
  return (
    <>
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <div className="command-bar">
        {may.write && (
          <Command icon="add" isDisabled={free.length === 0} onPress={() => setOpen(first)}>
            New authentication context
          </Command>
        )}
        <Command icon="refresh" onPress={() => list.query.refetch()}>
          Refresh
        </Command>
      </div>
      <DataGrid
        label="Authentication contexts"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={setOpen}
        empty="There is no authentication context"
      />
      {open && <ContextPanel key={open.id} original={open} free={free} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function ContextPanel({
  original,
  free,
  onClose,
}: {
  readonly original: AuthenticationContext;
  readonly free: readonly string[];
  readonly onClose: () => void;
}) {
  const { write } = useMay('accessPolicies');
  const isNew = original.displayName === '';
  const query = useGraphWithEtag<AuthenticationContext>(isNew ? undefined : `${paths.contexts}/${original.id}`);
  const { draft, set, changes, isChanged } = useDraft({ ...original, description: original.description ?? '' });
  const [isAsking, setAsking] = useState(false);
  const change = useChange(
    () =>
      isNew
        ? send(paths.contexts, { method: 'POST', body: draft })
        : send(`${paths.contexts}/${original.id}`, { method: 'PATCH', body: changes, etag: query.data?.etag }),
    { stale: [base], done: `Saved ${draft.displayName}`, onDone: onClose },
  );
  const removal = useChange(() => send(`${paths.contexts}/${original.id}`, { method: 'DELETE' }), {
    stale: [base],
    done: `Deleted ${original.displayName}`,
    onDone: onClose,
  });
  return (
    <SidePanel title={isNew ? 'New authentication context' : original.displayName} isOpen onClose={onClose}>
      <Form
        action={isNew ? 'Create' : 'Save'}
        onSubmit={() => change.mutate()}
        onCancel={onClose}
        isDisabled={!write || !isChanged || draft.displayName === ''}
        change={change}
        reload={query.refetch}
        extra={
          !isNew && write ? (
            <Command icon="delete" onPress={() => setAsking(true)}>
              Delete
            </Command>
          ) : undefined
        }
      >
        <TextInput
          label="Name"
          value={draft.displayName}
          onChange={(displayName) => set({ displayName })}
          isRequired
          isReadOnly={!write}
        />
        <TextInput
          label="Description"
          value={draft.description}
          onChange={(description) => set({ description })}
          isReadOnly={!write}
        />
        {isNew ? (
          <SelectField
            label="ID"
            value={draft.id}
            onChange={(id) => set({ id })}
            choices={free.map((id) => ({ id, label: id }))}
            help="Applications ask for a context by its ID."
          />
        ) : (
          <p>
            ID <code>{original.id}</code>
          </p>
        )}
        <CheckboxField
          label="Publish to apps"
          isSelected={draft.isAvailable}
          onChange={(isAvailable) => set({ isAvailable })}
          isReadOnly={!write}
        />
        <ConfirmDialog
          title={`Delete ${original.displayName}?`}
          isOpen={isAsking}
          onClose={() => setAsking(false)}
          action="Delete"
          isDanger
          onConfirm={() => removal.mutate()}
          change={removal}
          acknowledgements={['A deleted authentication context cannot be restored.']}
        >
          <p>A context that a policy names cannot be deleted.</p>
        </ConfirmDialog>
      </Form>
    </SidePanel>
  );
}
