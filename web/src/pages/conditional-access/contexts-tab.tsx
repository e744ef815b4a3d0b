import { useMay } from '../../app/roles.ts';
import type { GridColumn } from '../../components/data/data-grid.tsx';
import { Badge } from '../../components/data/details.tsx';
import { EditableList, type ObjectFormProps } from '../../components/data/editable-list.tsx';
import { ObjectForm, useObjectChanges } from '../../components/data/object-form.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField, SelectField, TextInput } from '../../components/forms/fields.tsx';
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

const labels = { displayName: 'Name', description: 'Description', id: 'ID', isAvailable: 'Publish to apps' } as const;

function ContextForm(props: ObjectFormProps<AuthenticationContext>) {
  const { original, isNew, etag, rows } = props;
  const { write } = useMay('accessPolicies');
  const form = useDraft({ ...original, description: original.description ?? '' }, etag);
  const { draft, set, changes: edits } = form;
  const changes = useObjectChanges(props, form, { body: isNew ? draft : edits, stale: [base], isPreviewed: false });
  return (
    <ObjectForm
      {...props}
      {...changes}
      draft={form}
      words={{ names: labels }}
      mayWrite={write}
      consequence="A context that a policy names cannot be deleted."
      acknowledgements={['A deleted authentication context cannot be restored.']}
    >
      <TextInput
        label={labels.displayName}
        value={draft.displayName}
        onChange={(displayName) => set({ displayName })}
        isRequired
        isReadOnly={!write}
      />
      <TextInput
        label={labels.description}
        value={draft.description}
        onChange={(description) => set({ description })}
        isReadOnly={!write}
      />
      {isNew ? (
        <SelectField
          label={labels.id}
          value={draft.id}
          onChange={(id) => set({ id })}
          choices={freeIds(rows).map((id) => ({ id, label: id }))}
          help="Applications request a context by its ID."
        />
      ) : (
        <p>
          ID <code>{original.id}</code>
        </p>
      )}
      <CheckboxField
        label={labels.isAvailable}
        isSelected={draft.isAvailable}
        onChange={(isAvailable) => set({ isAvailable })}
        isReadOnly={!write}
      />
    </ObjectForm>
  );
}
