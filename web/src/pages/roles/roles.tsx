import { useMe } from '../../app/me.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { useSearchState } from '../../components/data/list-state.ts';
import { SearchInput } from '../../components/forms/fields.tsx';
import { Page } from '../../components/layout/page.tsx';
import { listPath, literal, searchIn } from '../../graph/paths.ts';
import { useCounts, usePages } from '../../graph/queries.ts';

interface RoleDefinition {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
}

export default function RolesPage() {
  const { roles } = useMe();
  const { typed, text, type } = useSearchState();
  const search = searchIn(text, ['displayName', 'description']);
  const list = usePages<RoleDefinition>(
    listPath('/roleManagement/directory/roleDefinitions', { search, orderby: 'displayName' }),
  );
  const counts = useCounts(
    list.rows.map(({ id }) =>
      listPath('/roleManagement/directory/roleAssignments', { filter: `roleDefinitionId eq ${literal(id)}` }),
    ),
  );
  const columns: readonly GridColumn<RoleDefinition>[] = [
    { id: 'name', title: 'Role', render: (role) => role.displayName },
    { id: 'description', title: 'Description', render: (role) => role.description },
    { id: 'assignments', title: 'Assignments', render: (role) => counts[list.rows.indexOf(role)] ?? '…' },
  ];
  return (
    <Page title="Roles and administrators" description={`Your roles: ${roles.length > 0 ? roles.join(', ') : 'none'}.`}>
      <div className="list-tools">
        <SearchInput label="Search roles" value={typed} onChange={type} />
      </div>
      <DataGrid
        label="Roles"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/roles/${id}`}
        empty="No role matches"
      />
    </Page>
  );
}
