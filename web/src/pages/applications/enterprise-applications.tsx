import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { useAddressState, useSearchState } from '../../components/data/list-state.ts';
import { SearchInput } from '../../components/forms/fields.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { listPath, searchIn } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';
import type { ServicePrincipal } from './model.ts';

const columns: readonly GridColumn<ServicePrincipal>[] = [
  { id: 'name', title: 'Name', sortBy: 'displayName', render: (app) => app.displayName },
  { id: 'appId', title: 'Application ID', render: (app) => <code>{app.appId}</code> },
  { id: 'homepage', title: 'Homepage URL', render: (app) => app.homepage ?? '—' },
  { id: 'created', title: 'Created on', render: (app) => <Moment at={app.createdDateTime} /> },
];

export default function EnterpriseApplicationsPage() {
  const { typed, text, type } = useSearchState();
  const [orderby, setOrderby] = useAddressState('orderby', 'displayName');
  const visible = useColumns('enterprise-applications', columns);
  const search = searchIn(text, ['displayName', 'appId']);
  const select = ['id', 'appId', 'displayName', 'homepage', 'createdDateTime'];
  const list = usePages<ServicePrincipal>(
    listPath('/servicePrincipals', { select, search, orderby, top: 50, count: true }),
  );
  return (
    <Page
      title="Enterprise applications"
      description="Applications that users of this tenant can sign in to."
      commands={
        <Command icon="refresh" onPress={() => list.query.refetch()}>
          Refresh
        </Command>
      }
    >
      <div className="list-tools">
        <SearchInput label="Search applications" value={typed} onChange={type} />
        <ColumnsButton columns={visible} />
      </div>
      <DataGrid
        label="Enterprise applications"
        list={list}
        columns={visible.visible}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/enterprise-applications/${id}`}
        orderby={orderby}
        onSort={setOrderby}
        empty="No application matches"
      />
    </Page>
  );
}
