import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { useAddressState, useSearchState } from '../../components/data/list-state.ts';
import { SearchInput } from '../../components/forms/fields.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { listPath, searchIn } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';

interface User {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly mail: string | null;
  readonly userType: string | null;
  readonly accountEnabled: boolean;
  readonly onPremisesSyncEnabled: boolean | null;
  readonly createdDateTime: string | null;
}

const columns: readonly GridColumn<User>[] = [
  { id: 'name', title: 'Display name', sortBy: 'displayName', render: (user) => user.displayName },
  { id: 'upn', title: 'User principal name', sortBy: 'userPrincipalName', render: (user) => user.userPrincipalName },
  { id: 'type', title: 'User type', render: (user) => user.userType ?? '—' },
  {
    id: 'enabled',
    title: 'Account enabled',
    render: (user) => (
      <Badge tone={user.accountEnabled ? 'good' : 'neutral'}>{user.accountEnabled ? 'Yes' : 'No'}</Badge>
    ),
  },
  { id: 'mail', title: 'Email', isHidden: true, render: (user) => user.mail ?? '—' },
  { id: 'created', title: 'Created', isHidden: true, render: (user) => <Moment at={user.createdDateTime} /> },
];

const select = [
  'id',
  'displayName',
  'userPrincipalName',
  'mail',
  'userType',
  'accountEnabled',
  'onPremisesSyncEnabled',
  'createdDateTime',
];

export default function UsersPage() {
  const { typed, text, type } = useSearchState();
  const [orderby, setOrderby] = useAddressState('orderby', 'displayName');
  const shown = useColumns('users', columns);
  const search = searchIn(text, ['displayName', 'userPrincipalName', 'mail']);
  const list = usePages<User>(listPath('/users', { select, search, orderby, top: 50, count: true }));
  return (
    <Page
      title="Users"
      commands={
        <Command icon="refresh" onPress={() => list.query.refetch()}>
          Refresh
        </Command>
      }
    >
      <div className="list-tools">
        <SearchInput label="Search users" value={typed} onChange={type} />
        <ColumnsButton columns={shown} />
      </div>
      <DataGrid
        label="Users"
        list={list}
        columns={shown.visible}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/users/${id}`}
        orderby={orderby}
        onSort={setOrderby}
        empty="No user matches"
      />
    </Page>
  );
}
