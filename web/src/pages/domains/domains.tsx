import { useState } from 'react';
import type { GridColumn } from '../../components/data/data-grid.tsx';
import { Badge } from '../../components/data/details.tsx';
import { TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { ListPage } from '../../components/layout/list-page.tsx';
import { useGo } from '../../components/link.tsx';
import { send, useChange } from '../../graph/queries.ts';
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
  return (
    <ListPage<Domain>
      title="Domain names"
      path="/domains"
      area="domains"
      columns={columns}
      hrefOf={({ id }) => `/domains/${encodeURIComponent(id)}`}
      empty="There are no domain names"
      create="Add custom domain"
      form={(onClose) => <NewDomain onClose={onClose} />}
    />
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
