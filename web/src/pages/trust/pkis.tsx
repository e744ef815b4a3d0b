import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Command, Page, PageTabs } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { RestoreDialog } from '../../components/overlays/restore-dialog.tsx';
import { EmptyState, ReadOnlyNote } from '../../components/states.tsx';
import { listPath } from '../../graph/paths.ts';
import { send, useChange, usePages } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { deletedPath, type Pki, pkisPath } from './pki-types.ts';

const nameOf = ({ displayName, id }: Pki): string => displayName ?? id;

const columns: readonly GridColumn<Pki>[] = [
  { id: 'name', title: 'Display name', sortBy: 'displayName', render: nameOf },
  { id: 'status', title: 'Status of the last upload', render: (pki) => <Status pki={pki} /> },
  {
    id: 'modified',
    title: 'Last modified',
    sortBy: 'lastModifiedDateTime',
    render: (pki) => <Moment at={pki.lastModifiedDateTime} />,
  },
  { id: 'id', title: 'Object ID', isHidden: true, render: ({ id }) => <code>{id}</code> },
];

function Status({ pki: { status, statusDetails } }: { readonly pki: Pki }) {
  if (!status) return <>—</>;
  const tone = status === 'succeeded' ? 'good' : status === 'failed' ? 'bad' : 'neutral';
  return (
    <span title={statusDetails ?? undefined}>
      <Badge tone={tone}>{status === 'running' ? 'Uploading' : status === 'failed' ? 'Failed' : 'Succeeded'}</Badge>
    </span>
  );
}

export default function PkisPage() {
  const may = useMay('pkiStore');
  const [isCreating, setCreating] = useState(false);
  return (
    <Page
      title="Public key infrastructure"
      description="Containers of certificate authorities that certificate-based authentication trusts."
      commands={
        <>
          {may.write && (
            <Command icon="add" onPress={() => setCreating(true)}>
              Create PKI
            </Command>
          )}
          <JsonButton path={pkisPath} />
        </>
      }
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <PageTabs
        label="Public key infrastructure"
        tabs={[
          { id: 'all', title: 'PKIs', content: () => <Pkis /> },
          { id: 'deleted', title: 'Deleted PKIs', content: () => <DeletedPkis /> },
        ]}
      />
      <SidePanel title="Create PKI" isOpen={isCreating} onClose={() => setCreating(false)}>
        {isCreating && <NewPki onDone={() => setCreating(false)} />}
      </SidePanel>
    </Page>
  );
}

function Pkis() {
  const may = useMay('pkiStore');
  const columnChoice = useColumns('pkis', columns);
  const [deletion, setDoomed] = useState<Pki>();
  const list = usePages<Pki>(listPath(pkisPath, { top: 50 }), { refetchSeconds: 15 });
  const remove = useSignInChange(
    deletion ? [{ path: `${pkisPath}/${deletion.id}`, method: 'DELETE', etag: deletion['@odata.etag'] }] : [],
    {
      done: 'PKI deleted. It can be restored for 30 days.',
      undo: () => send(`${deletedPath}/${deletion?.id}/restore`, { method: 'POST', body: {} }),
      onDone: () => setDoomed(undefined),
    },
  );
  const actions: readonly GridColumn<Pki>[] = [
    ...columnChoice.visible,
    {
      id: 'actions',
      title: 'Actions',
      render: (pki) => (
        <Button kind="subtle" icon="delete" label={`Delete ${nameOf(pki)}`} onPress={() => setDoomed(pki)} />
      ),
    },
  ];
  return (
    <>
      <div className="list-tools">
        <ColumnsButton columns={columnChoice} />
      </div>
      <DataGrid
        label="PKIs"
        list={list}
        columns={may.write ? actions : columnChoice.visible}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/public-key-infrastructure/${id}`}
        empty={
          <EmptyState icon="certificate" title="There is no PKI yet">
            Create a PKI, then upload the certificate authorities that issued your users' certificates.
          </EmptyState>
        }
      />
      <ConfirmDialog
        title="Delete PKI"
        isOpen={deletion !== undefined}
        onClose={() => setDoomed(undefined)}
        action="Delete"
        isDanger
        typed={deletion ? nameOf(deletion) : ''}
        onConfirm={() => remove.mutate()}
        change={remove}
      >
        <p>
          Every certificate authority in it is deleted too. Users whose certificates they issued can no longer sign in
          with them. The PKI can be restored for 30 days.
        </p>
      </ConfirmDialog>
    </>
  );
}

function DeletedPkis() {
  const may = useMay('pkiStore');
  const list = usePages<Pki>(`${deletedPath}/microsoft.graph.certificateBasedAuthPki`);
  const [item, setItem] = useState<{ readonly id: string; readonly name: string }>();
  const deletedColumns: readonly GridColumn<Pki>[] = [
    { id: 'name', title: 'Display name', render: nameOf },
    { id: 'deleted', title: 'Deleted', render: (pki) => <Moment at={pki.deletedDateTime} /> },
    {
      id: 'actions',
      title: 'Actions',
      render: (pki) =>
        may.write ? (
          <Button icon="restore" onPress={() => setItem({ id: pki.id, name: nameOf(pki) })}>
            Restore
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      <DataGrid
        label="Deleted PKIs"
        list={list}
        columns={deletedColumns}
        keyOf={({ id }) => id}
        empty="No deleted PKI"
      />
      <RestoreDialog item={item} path={deletedPath} onClose={() => setItem(undefined)} />
    </>
  );
}

function NewPki({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState('');
  const change = useChange(() => send(pkisPath, { method: 'POST', body: { displayName: name.trim() } }), {
    done: 'PKI created',
    onDone,
  });
  return (
    <Form
      action="Create"
      onSubmit={() => change.mutate()}
      onCancel={onDone}
      isDisabled={name.trim() === ''}
      change={change}
    >
      <TextInput label="Display name" value={name} onChange={setName} isRequired />
    </Form>
  );
}
