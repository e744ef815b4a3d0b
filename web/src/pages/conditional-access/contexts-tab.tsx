import { useMay } from '../../app/roles.ts';
import type { GridColumn } from '../../components/data/data-grid.tsx';
import { Badge } from '../../components/data/details.tsx';
import { changeOf, EditableList, ObjectForm, type ObjectFormProps } from '../../components/data/editable-list.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField, SelectField, TextInput } from '../../components/forms/fields.tsx';
import { send, useChange } from '../../graph/queries.ts';
import { sendChange } from '../../graph/series.ts';
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

/** Ids that no context has. */
const freeIds = (rows: readonly AuthenticationContext[]): readonly string[] =>
  Array.from({ length: 99 }, (_, i) => `c${i + 1}`).filter((id) => !rows.some((row) => row.id === id));

const blank = (rows: readonly AuthenticationContext[]): AuthenticationContext => ({
  id: freeIds(rows)[0] ?? 'c1',
  displayName: '',
  description: null,
  isAvailable: true,
});

/** Authentication contexts: what an application can ask for. */
export const ContextsTab = () => (
  <EditableList<AuthenticationContext>
    label="Authentication contexts"
    path={paths.contexts}
    area="accessPolicies"
    columns={columns}
    empty="There is no authentication context"
    create="New authentication context"
    title={({ displayName }, isNew) => (isNew ? 'New authentication context' : displayName)}
    blank={blank}
    form={(props) => <ContextForm {...props} />}
  />
);

function ContextForm(props: ObjectFormProps<AuthenticationContext>) {
  const { original, isNew, path, etag, rows, onClose } = props;
  const { write } = useMay('accessPolicies');
  const form = useDraft({ ...original, description: original.description ?? '' }, etag);
  const { draft, set, changes } = form;
  const options = { stale: [base], onDone: onClose };
  const change = useChange(() => sendChange(changeOf(props, isNew ? draft : changes, form.etag)), {
    ...options,
    done: `Saved ${draft.displayName}`,
    draft: form,
  });
  const removal = useChange(() => send(path, { method: 'DELETE', etag }), {
    ...options,
    done: `Deleted ${original.displayName}`,
  });
  return (
    <ObjectForm
      {...props}
      name={original.displayName}
      draft={form}
      change={change}
      removal={removal}
      mayWrite={write}
      isComplete={draft.displayName !== ''}
      consequence="A context that a policy names cannot be deleted."
      acknowledgements={['A deleted authentication context cannot be restored.']}
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
          choices={freeIds(rows).map((id) => ({ id, label: id }))}
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
    </ObjectForm>
  );
}
