import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge } from '../../components/data/details.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import { TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, usePages } from '../../graph/queries.ts';
import type { Domain } from './domain-item.ts';

const columns: readonly GridColumn<Domain>[] = [
  { id: 'name', title: 'Name', render: (domain) => domain.id },
  {
    id: 'status',
    title: 'Status',
    render: ({ isVerified: is }) => <Badge tone={is ? 'good' : 'warning'}>{is ? 'Verified' : 'Unverified'}</Badge>,
  },
  { id: 'type', title: 'Authentication type', render: (domain) => domain.authenticationType },
  { id: 'primary', title: 'Primary', render: (domain) => (domain.isDefault ? 'Yes' : 'No') },
];

export default function DomainsPage() {
  const may = useMay('domains');
  const [panel, setPanel] = useAddressState('panel');
  const list = usePages<Domain>('/domains');
  return (
    <Page
      title="Domain names"
      commands={
        <>
          <Command icon="add" onPress={() => setPanel('new')} isDisabled={!may.write}>
            Add custom domain
          </Command>
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
        </>
      }
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <DataGrid
        label="Domain names"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/domains/${encodeURIComponent(id)}`}
        empty="There are no domain names"
      />
      <SidePanel title="Add custom domain" isOpen={panel === 'new' && may.write} onClose={() => setPanel('')}>
        <NewDomain onClose={() => setPanel('')} />
      </SidePanel>
    </Page>
  );
}

function NewDomain({ onClose }: { readonly onClose: () => void }) {
  const go = useGo();
  const [id, setId] = useState('');
  const add = useChange<void, Domain>(() => send('/domains', { method: 'POST', body: { id: id.trim() } }), {
    stale: ['/domains'],
    done: `${id} added`,
    onDone: (domain) => {
      onClose();
      go(`/domains/${encodeURIComponent(domain.id)}`);
    },
  });
  return (
    <Form
      action="Add domain"
      onSubmit={() => add.mutate()}
      onCancel={onClose}
      isDisabled={id.trim() === ''}
      change={add}
    >
      <TextInput label="Custom domain name" placeholder="contoso.com" value={id} onChange={setId} isRequired />
    </Form>
  );
}
