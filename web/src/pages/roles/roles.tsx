import { useMe } from '../../app/me.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { useSearchState } from '../../components/data/list-state.ts';
import { SearchInput } from '../../components/forms/fields.tsx';
import { Page } from '../../components/layout/page.tsx';
import { useGraph, usePages } from '../../graph/queries.ts';

interface RoleDefinition {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
}

interface Assignment {
  readonly roleDefinitionId: string;
}

export default function RolesPage() {
  const { roles } = useMe();
  const { typed, text, type } = useSearchState();
  const list = usePages<RoleDefinition>('/roleManagement/directory/roleDefinitions');
  const assignments = useGraph<{ readonly value: readonly Assignment[] }>('/roleManagement/directory/roleAssignments');
  const count = (id: string) =>
    assignments.data?.value.filter(({ roleDefinitionId }) => roleDefinitionId === id).length ?? '…';
  const columns: readonly GridColumn<RoleDefinition>[] = [
    { id: 'name', title: 'Role', render: (role) => role.displayName },
    { id: 'description', title: 'Description', render: (role) => role.description },
    { id: 'assignments', title: 'Assignments', render: (role) => count(role.id) },
  ];
  const term = text.trim().toLowerCase();
  const rows = list.rows.filter(({ displayName, description }) =>
    `${displayName} ${description}`.toLowerCase().includes(term),
  );
  return (
    <Page title="Roles and administrators" description={`Your roles: ${roles.length > 0 ? roles.join(', ') : 'none'}.`}>
      <div className="list-tools">
        <SearchInput label="Search roles" value={typed} onChange={type} />
      </div>
      <DataGrid
        label="Roles"
        list={{ ...list, rows }}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/roles/${id}`}
        empty="No role matches"
      />
    </Page>
  );
}
