import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { useAddressState, useSearchState } from '../../components/data/list-state.ts';
import { SearchInput, SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { listPath, searchIn } from '../../graph/paths.ts';
import { send, useChange, usePages } from '../../graph/queries.ts';
import { type Application, linesIn } from './model.ts';

const columns: readonly GridColumn<Application>[] = [
  { id: 'name', title: 'Display name', sortBy: 'displayName', render: (app) => app.displayName },
  { id: 'appId', title: 'Application (client) ID', render: (app) => <code>{app.appId}</code> },
  { id: 'created', title: 'Created on', render: (app) => <Moment at={app.createdDateTime} /> },
];

export default function AppRegistrationsPage() {
  const { typed, text, type } = useSearchState();
  const [orderby, setOrderby] = useAddressState('orderby', 'displayName');
  const { write, writers } = useMay('applications');
  const [isAdding, setAdding] = useState(false);
  const search = searchIn(text, ['displayName', 'appId']);
  const select = ['id', 'appId', 'displayName', 'createdDateTime'];
  const list = usePages<Application>(listPath('/applications', { select, search, orderby, top: 50, count: true }));
  return (
    <Page
      title="App registrations"
      commands={
        <>
          {write && (
            <Command icon="add" onPress={() => setAdding(true)}>
              New registration
            </Command>
          )}
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
        </>
      }
    >
      {!write && <ReadOnlyNote roles={writers} />}
      <div className="list-tools">
        <SearchInput label="Search app registrations" value={typed} onChange={type} />
      </div>
      <DataGrid
        label="App registrations"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/app-registrations/${id}`}
        orderby={orderby}
        onSort={setOrderby}
        empty="No application matches"
      />
      {isAdding && <NewRegistration onClose={() => setAdding(false)} />}
    </Page>
  );
}

const kinds = [
  { id: 'web', label: 'Web', help: 'A server application that can keep a secret.' },
  { id: 'spa', label: 'Single-page application', help: 'An application that runs in the browser.' },
  { id: 'publicClient', label: 'Public client/native', help: 'A desktop or mobile application.' },
] as const;

function NewRegistration({ onClose }: { readonly onClose: () => void }) {
  const go = useGo();
  const [displayName, setDisplayName] = useState('');
  const [kind, setKind] = useState<(typeof kinds)[number]['id']>('web');
  const [uris, setUris] = useState('');
  const change = useChange(
    async () => {
      const body = { displayName, [kind]: { redirectUris: linesIn(uris) } };
      const application = await send<Application>('/applications', { method: 'POST', body });
      await send('/servicePrincipals', { method: 'POST', body: { appId: application.appId } });
      return application;
    },
    { done: `Registered ${displayName}`, onDone: ({ id }) => go(`/app-registrations/${id}`) },
  );
  return (
    <SidePanel title="Register an application" isOpen onClose={onClose}>
      <Form
        action="Register"
        onSubmit={() => change.mutate()}
        onCancel={onClose}
        isDisabled={displayName.trim() === ''}
        change={change}
      >
        <TextInput label="Name" value={displayName} onChange={setDisplayName} isRequired />
        <SelectField label="Platform" value={kind} onChange={setKind} choices={kinds} />
        <TextInput
          label="Redirect URIs"
          value={uris}
          onChange={setUris}
          help="One address per line."
          isMultiline
          isCode
        />
      </Form>
    </SidePanel>
  );
}
