import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Badge, Details, Moment } from '../../components/data/details.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import { Command, Page, PageTabs } from '../../components/layout/page.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { RestoreDialog } from '../../components/overlays/restore-dialog.tsx';
import { EmptyState, ErrorState, Loading, Message, ReadOnlyNote } from '../../components/states.tsx';
import { listPath } from '../../graph/paths.ts';
import { send, useGraph, usePages, useRow } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { BundleForm, EditForm, UploadForm } from './authority-forms.tsx';
import { DeleteAuthority } from './delete-authority.tsx';
import { deletedPath, type Pki, type PkiAuthority, pkisPath } from './pki-types.ts';

const columns: readonly GridColumn<PkiAuthority>[] = [
  { id: 'name', title: 'Name', sortBy: 'displayName', render: (ca) => ca.displayName },
  {
    id: 'type',
    title: 'Type',
    render: (ca) => (ca.certificateAuthorityType === 'root' ? 'Root' : 'Intermediate'),
  },
  {
    id: 'expires',
    title: 'Expiration date',
    sortBy: 'expirationDateTime',
    render: (ca) => (
      <>
        <Moment at={ca.expirationDateTime} />{' '}
        {Date.parse(ca.expirationDateTime) < Date.now() && <Badge tone="bad">Expired</Badge>}
      </>
    ),
  },
  {
    id: 'crl',
    title: 'CRL endpoint',
    render: (ca) => <span className="break">{ca.certificateRevocationListUrl ?? '—'}</span>,
  },
  {
    id: 'hint',
    title: 'Issuer hint',
    render: (ca) => (
      <Badge tone={ca.isIssuerHintEnabled ? 'good' : 'neutral'}>{ca.isIssuerHintEnabled ? 'Yes' : 'No'}</Badge>
    ),
  },
  { id: 'issuer', title: 'Issuer', isHidden: true, render: (ca) => ca.issuer },
  {
    id: 'thumbprint',
    title: 'Thumbprint',
    isHidden: true,
    render: (ca) => <code className="break">{ca.thumbprint}</code>,
  },
  {
    id: 'ski',
    title: 'Subject key identifier',
    isHidden: true,
    render: (ca) => <code className="break">{ca.issuerSubjectKeyIdentifier ?? '—'}</code>,
  },
  {
    id: 'delta',
    title: 'Delta CRL endpoint',
    isHidden: true,
    render: (ca) => <span className="break">{ca.deltaCertificateRevocationListUrl ?? '—'}</span>,
  },
  { id: 'created', title: 'Created', isHidden: true, render: (ca) => <Moment at={ca.createdDateTime} /> },
];

type Panel = 'add' | 'bundle' | '';

export default function PkiPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const path = `${pkisPath}/${id}`;
  const may = useMay('pkiStore');
  const query = useGraph<Pki>(path);
  const [panel, setPanel] = useState<Panel>('');
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const close = (texts: readonly string[] = []) => {
    setWarnings(texts);
    setPanel('');
  };
  const name = query.data?.displayName ?? 'PKI';
  return (
    <Page
      title={name}
      above={[{ title: 'Public key infrastructure', to: '/public-key-infrastructure' }]}
      commands={
        <>
          {may.write && (
            <>
              <Command icon="add" onPress={() => setPanel('add')}>
                Add certificate authority
              </Command>
              <Command icon="upload" onPress={() => setPanel('bundle')}>
                Upload PKI
              </Command>
            </>
          )}
          <JsonButton path={`${path}/certificateAuthorities`} />
        </>
      }
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      {query.isPending && <Loading />}
      {query.error && <ErrorState problem={query.error} retry={query.refetch} />}
      {warnings.map((text) => (
        <Message key={text} tone="warning" isAlert>
          {text}
        </Message>
      ))}
      {query.data?.status === 'failed' && (
        <Message tone="error" title="The last upload failed.">
          {query.data.statusDetails}
        </Message>
      )}
      {query.data && (
        <PageTabs
          label="Certificate authorities"
          tabs={[
            {
              id: 'all',
              title: 'Certificate authorities',
              content: () => <Authorities path={path} onWarn={setWarnings} />,
            },
            { id: 'deleted', title: 'Deleted certificate authorities', content: () => <DeletedAuthorities /> },
          ]}
        />
      )}
      <SidePanel title="Add certificate authority" isOpen={panel === 'add'} onClose={() => close()} isWide>
        {panel === 'add' && (
          <UploadForm
            hasIssuerHint
            onDone={close}
            onCancel={() => close()}
            upload={(ca) => ({ path: `${path}/certificateAuthorities`, method: 'POST', body: bodyOf(ca) })}
          />
        )}
      </SidePanel>
      <SidePanel title="Upload PKI" isOpen={panel === 'bundle'} onClose={() => close()}>
        {panel === 'bundle' && <BundleForm path={path} onDone={close} onCancel={() => close()} />}
      </SidePanel>
    </Page>
  );
}

const bodyOf = (ca: {
  readonly certificate: string;
  readonly isRoot: boolean;
  readonly baseUrl: string;
  readonly deltaUrl: string;
  readonly isIssuerHintEnabled: boolean;
}) => ({
  certificate: ca.certificate,
  certificateAuthorityType: ca.isRoot ? 'root' : 'intermediate',
  ...(ca.baseUrl && { certificateRevocationListUrl: ca.baseUrl.trim() }),
  ...(ca.deltaUrl && { deltaCertificateRevocationListUrl: ca.deltaUrl.trim() }),
  isIssuerHintEnabled: ca.isIssuerHintEnabled,
});

function Authorities({ path, onWarn }: { readonly path: string; readonly onWarn: (texts: readonly string[]) => void }) {
  const may = useMay('pkiStore');
  const base = `${path}/certificateAuthorities`;
  const [orderby, setOrderby] = useAddressState('orderby', 'displayName');
  const [open, setOpen] = useAddressState('ca');
  const [isEditing, setEditing] = useState(false);
  const [deletion, setDoomed] = useState<PkiAuthority>();
  const columnChoice = useColumns('pki-authorities', columns);
  const list = usePages<PkiAuthority>(listPath(base, { orderby, top: 100 }));
  const authority = useRow(list, ({ id }) => id === open, open === '' ? undefined : `${base}/${open}`);
  const remove = useSignInChange(
    deletion ? [{ path: `${base}/${deletion.id}`, method: 'DELETE', etag: deletion['@odata.etag'] }] : [],
    {
      done: 'Certificate authority deleted. It can be restored for 30 days.',
      undo: () => send(`${deletedPath}/${deletion?.id}/restore`, { method: 'POST', body: {} }),
      onDone: () => {
        setDoomed(undefined);
        setOpen('');
      },
    },
  );
  const close = () => {
    setEditing(false);
    setOpen('');
  };
  return (
    <>
      <div className="list-tools">
        <ColumnsButton columns={columnChoice} />
      </div>
      <DataGrid
        label="Certificate authorities"
        list={list}
        columns={columnChoice.visible}
        keyOf={({ id }) => id}
        onOpen={({ id }) => setOpen(id)}
        orderby={orderby}
        onSort={setOrderby}
        empty={
          <EmptyState icon="certificate" title="There is no certificate authority yet">
            Add the certificate authorities that issued your users' certificates, roots included.
          </EmptyState>
        }
      />
      <SidePanel title={authority?.displayName ?? ''} isOpen={authority !== undefined} onClose={close} isWide>
        {authority && isEditing && (
          <EditForm
            path={`${base}/${authority.id}`}
            authority={authority}
            reload={list.query.refetch}
            onCancel={() => setEditing(false)}
            onDone={(texts) => {
              onWarn(texts);
              setEditing(false);
            }}
          />
        )}
        {authority && !isEditing && (
          <>
            <Details items={columns.map(({ title, render }) => [title, render(authority)] as const)} />
            {may.write && (
              <div className="row">
                <Button icon="edit" onPress={() => setEditing(true)}>
                  Edit
                </Button>
                <Button icon="delete" onPress={() => setDoomed(authority)}>
                  Delete
                </Button>
              </div>
            )}
          </>
        )}
      </SidePanel>
      <DeleteAuthority isOpen={deletion !== undefined} onClose={() => setDoomed(undefined)} change={remove}>
        <strong>{deletion?.displayName}</strong> can be restored for 30 days.
      </DeleteAuthority>
    </>
  );
}

function DeletedAuthorities() {
  const may = useMay('pkiStore');
  const list = usePages<PkiAuthority>(`${deletedPath}/microsoft.graph.certificateAuthorityDetail`);
  const [item, setItem] = useState<{ readonly id: string; readonly name: string }>();
  const deletedColumns: readonly GridColumn<PkiAuthority>[] = [
    { id: 'name', title: 'Name', render: (ca) => ca.displayName },
    { id: 'deleted', title: 'Deleted', render: (ca) => <Moment at={ca.deletedDateTime} /> },
    {
      id: 'actions',
      title: 'Actions',
      render: (ca) =>
        may.write ? (
          <Button icon="restore" onPress={() => setItem({ id: ca.id, name: ca.displayName })}>
            Restore
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      <DataGrid
        label="Deleted certificate authorities"
        list={list}
        columns={deletedColumns}
        keyOf={({ id }) => id}
        empty="No deleted certificate authority"
      />
      <RestoreDialog item={item} path={deletedPath} onClose={() => setItem(undefined)} />
    </>
  );
}
