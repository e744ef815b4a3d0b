import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { useAddressState, useSearchState } from '../../components/data/list-state.ts';
import { CheckboxField, SearchInput, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { GraphProblem } from '../../graph/errors.ts';
import { listPath, searchIn } from '../../graph/paths.ts';
import { send, useChange, usePages } from '../../graph/queries.ts';
import { DeleteGroups } from './delete-groups.tsx';
import { type Group, typeOf } from './group-type.ts';

const columns: readonly GridColumn<Group>[] = [
  { id: 'name', title: 'Name', sortBy: 'displayName', render: (group) => group.displayName },
  { id: 'type', title: 'Group type', render: typeOf },
  { id: 'description', title: 'Description', render: (group) => group.description ?? '—' },
  { id: 'role', title: 'Role-assignable', render: (group) => (group.isAssignableToRole ? 'Yes' : 'No') },
  { id: 'source', title: 'Source', render: (group) => (group.onPremisesSyncEnabled ? 'Windows Server AD' : 'Cloud') },
  { id: 'created', title: 'Created on', render: (group) => <Moment at={group.createdDateTime} /> },
];

export default function GroupsPage() {
  const may = useMay('groups');
  const go = useGo();
  const { typed, text, type } = useSearchState();
  const [orderby, setOrderby] = useAddressState('orderby', 'displayName');
  const [panel, setPanel] = useAddressState('panel');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isDeleting, setDeleting] = useState(false);
  const search = searchIn(text, ['displayName', 'description']);
  const list = usePages<Group>(listPath('/groups', { search, orderby, top: 50, count: true }));
  const chosen = list.rows.filter(({ id }) => selected.has(id));
  return (
    <Page
      title="Groups"
      commands={
        <>
          <Command icon="add" onPress={() => setPanel('new')} isDisabled={!may.write}>
            New group
          </Command>
          <Command icon="delete" onPress={() => setDeleting(true)} isDisabled={!may.write || chosen.length === 0}>
            Delete
          </Command>
          <Command icon="restore" onPress={() => go('/groups/deleted')}>
            Deleted groups
          </Command>
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
        </>
      }
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <div className="list-tools">
        <SearchInput label="Search groups" value={typed} onChange={type} />
      </div>
      <DataGrid
        label="Groups"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/groups/${id}`}
        {...(may.write && { selected, onSelect: setSelected })}
        orderby={orderby}
        onSort={setOrderby}
        empty={text === '' ? 'There are no groups yet' : 'No group matches'}
      />
      <SidePanel title="New group" isOpen={panel === 'new' && may.write} onClose={() => setPanel('')}>
        <NewGroup onClose={() => setPanel('')} />
      </SidePanel>
      <DeleteGroups
        items={isDeleting ? chosen : []}
        onClose={() => setDeleting(false)}
        onDone={() => setSelected(new Set())}
      />
    </Page>
  );
}

function NewGroup({ onClose }: { readonly onClose: () => void }) {
  const go = useGo();
  const [displayName, setName] = useState('');
  const [description, setDescription] = useState('');
  const [isAssignableToRole, setAssignable] = useState(false);
  const create = useChange<void, Group>(
    () =>
      send('/groups', {
        method: 'POST',
        body: {
          displayName,
          mailEnabled: false,
          mailNickname: crypto.randomUUID().slice(0, 10),
          securityEnabled: true,
          ...(description && { description }),
          ...(isAssignableToRole && { isAssignableToRole }),
        },
      }),
    {
      stale: ['/groups'],
      done: `${displayName} created`,
      onDone: ({ id }) => {
        onClose();
        go(`/groups/${id}`);
      },
    },
  );
  const errors = create.error instanceof GraphProblem ? create.error.byField : {};
  return (
    <Form
      action="Create"
      onSubmit={() => create.mutate()}
      onCancel={onClose}
      isDisabled={displayName === ''}
      change={create}
    >
      <TextInput label="Group name" value={displayName} onChange={setName} isRequired error={errors.displayName} />
      <TextInput
        label="Group description"
        value={description}
        onChange={setDescription}
        isMultiline
        error={errors.description}
      />
      <CheckboxField
        label="Microsoft Entra roles can be assigned to the group"
        help="This cannot be changed later. Only Global and Privileged Role Administrators manage such a group."
        isSelected={isAssignableToRole}
        onChange={setAssignable}
      />
    </Form>
  );
}
