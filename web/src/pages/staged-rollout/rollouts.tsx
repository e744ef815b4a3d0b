import { useState } from 'react';
import type { GridColumn } from '../../components/data/data-grid.tsx';
import { Badge } from '../../components/data/details.tsx';
import { SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { ListPage } from '../../components/layout/list-page.tsx';
import { useGo } from '../../components/link.tsx';
import { EmptyState } from '../../components/states.tsx';
import { send, useChange } from '../../graph/queries.ts';
import { featureOf, features, type Rollout, rolloutsPath } from './rollout-item.ts';

const columns: readonly GridColumn<Rollout>[] = [
  { id: 'name', title: 'Name', render: (rollout) => rollout.displayName },
  { id: 'feature', title: 'Feature', render: featureOf },
  {
    id: 'state',
    title: 'State',
    render: ({ isEnabled: is }) => <Badge tone={is ? 'good' : 'neutral'}>{is ? 'On' : 'Off'}</Badge>,
  },
  { id: 'description', title: 'Description', render: (rollout) => rollout.description ?? '—' },
];

export default function RolloutsPage() {
  return (
    <ListPage<Rollout>
      title="Staged rollout"
      description="Groups of federated domains whose members already sign in here."
      label="Staged rollouts"
      path={rolloutsPath}
      area="rollout"
      columns={columns}
      hrefOf={({ id }) => `/staged-rollout/${id}`}
      empty={
        <EmptyState title="There are no staged rollouts yet">
          A rollout lets the members of a group sign in here before their federated domain does.
        </EmptyState>
      }
      create="New rollout"
      form={(onClose) => <NewRollout onClose={onClose} />}
    />
  );
}

function NewRollout({ onClose }: { readonly onClose: () => void }) {
  const go = useGo();
  const [displayName, setName] = useState('');
  const [feature, setFeature] = useState<(typeof features)[number]['id']>('certificateBasedAuthentication');
  const create = useChange<void, Rollout>(
    () => send(rolloutsPath, { method: 'POST', body: { displayName, feature, isEnabled: false } }),
    {
      stale: [rolloutsPath],
      done: `${displayName} created`,
      onDone: ({ id }) => {
        onClose();
        go(`/staged-rollout/${id}`);
      },
    },
  );
  return (
    <Form
      action="Create"
      onSubmit={() => create.mutate()}
      onCancel={onClose}
      isDisabled={displayName === ''}
      change={create}
    >
      <TextInput label="Name" value={displayName} onChange={setName} isRequired />
      <SelectField label="Feature" value={feature} onChange={setFeature} choices={features} />
      <p>The new rollout is off and has no groups.</p>
    </Form>
  );
}
