import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { useAddressState, useSearchState } from '../../components/data/list-state.ts';
import { SearchInput, SelectField } from '../../components/forms/fields.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { PageLink, useGo } from '../../components/link.tsx';
import { EmptyState, ReadOnlyNote } from '../../components/states.tsx';
import { listPath, searchIn } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';
import { DeleteUsers } from './delete-users.tsx';
import { NewUser } from './new-user.tsx';
import { listed, type User } from './user.ts';

const columns: readonly GridColumn<User>[] = [
  { id: 'name', title: 'Display name', sortBy: 'displayName', render: (user) => user.displayName },
  { id: 'upn', title: 'User principal name', sortBy: 'userPrincipalName', render: (user) => user.userPrincipalName },
  { id: 'type', title: 'User type', render: (user) => user.userType ?? '—' },
  {
    id: 'enabled',
    title: 'Account enabled',
    render: ({ accountEnabled: is }) => <Badge tone={is ? 'good' : 'neutral'}>{is ? 'Yes' : 'No'}</Badge>,
  },
  { id: 'sync', title: 'On-premises sync enabled', render: (user) => (user.onPremisesSyncEnabled ? 'Yes' : 'No') },
  { id: 'mail', title: 'Email', isHidden: true, render: (user) => user.mail ?? '—' },
  { id: 'created', title: 'Creation time', isHidden: true, render: (user) => <Moment at={user.createdDateTime} /> },
  { id: 'id', title: 'Object ID', isHidden: true, render: (user) => <code>{user.id}</code> },
];

const filters = [
  { id: 'all', label: 'All users' },
  { id: 'enabled', label: 'Account enabled' },
  { id: 'disabled', label: 'Account disabled' },
  { id: 'guests', label: 'Guests' },
] as const;
type FilterId = (typeof filters)[number]['id'];
const conditions: Readonly<Record<FilterId, string | undefined>> = {
  all: undefined,
  enabled: 'accountEnabled eq true',
  disabled: 'accountEnabled eq false',
  guests: "userType eq 'Guest'",
};

export default function UsersPage() {
  const may = useMay('users');
  const go = useGo();
  const { typed, text, type } = useSearchState();
  const [orderby, setOrderby] = useAddressState('orderby', 'displayName');
  const [filter, setFilter] = useAddressState('filter', 'all');
  const [panel, setPanel] = useAddressState('panel');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isDeleting, setDeleting] = useState(false);
  const visible = useColumns('users', columns);
  const search = searchIn(text, ['displayName', 'userPrincipalName', 'mail']);
  const condition = conditions[filter as FilterId];
  const list = usePages<User>(
    listPath('/users', { select: listed, search, filter: condition, orderby, top: 50, count: true }),
  );
  const chosen = list.rows.filter(({ id }) => selected.has(id));
  return (
    <Page
      title="Users"
      commands={
        <>
          <Command icon="add" onPress={() => setPanel('new')} isDisabled={!may.write}>
            New user
          </Command>
          <Command icon="delete" onPress={() => setDeleting(true)} isDisabled={!may.write || chosen.length === 0}>
            Delete
          </Command>
          <Command icon="restore" onPress={() => go('/users/deleted')}>
            Deleted users
          </Command>
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
          <ColumnsButton columns={visible} />
        </>
      }
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <div className="list-tools">
        <SearchInput label="Search users" value={typed} onChange={type} />
        <SelectField label="Show" value={filter as FilterId} onChange={setFilter} choices={filters} />
      </div>
      <DataGrid
        label="Users"
        list={list}
        columns={visible.visible}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/users/${id}`}
        {...(may.write && { selected, onSelect: setSelected })}
        orderby={orderby}
        onSort={setOrderby}
        empty={
          <EmptyState icon="person" title="No user matches">
            Search finds the beginning of words in the display name, the user principal name and the email address.
          </EmptyState>
        }
      />
      <NewUser isOpen={panel === 'new' && may.write} onClose={() => setPanel('')} />
      <DeleteUsers
        items={isDeleting ? chosen : []}
        onClose={() => setDeleting(false)}
        onDone={() => setSelected(new Set())}
      />
      <p>
        <PageLink to="/users/deleted">Deleted users</PageLink> can be restored for thirty days.
      </p>
    </Page>
  );
}
