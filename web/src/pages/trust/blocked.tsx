import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import { certificateIn } from '../../components/forms/certificate-file.ts';
import { TextInput } from '../../components/forms/fields.tsx';
import { FileDrop } from '../../components/forms/file-drop.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { EmptyState, Message, ReadOnlyNote } from '../../components/states.tsx';
import { usePages } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';

interface Blocked {
  readonly '@odata.etag': string;
  readonly id: string;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly serialNumber: string | null;
  readonly reason: string | null;
  readonly createdDateTime: string | null;
  readonly createdBy: string | null;
}

const path = '/directory/publicKeyInfrastructure/blockedCertificates';
const nameOf = ({ subject, serialNumber, id }: Blocked): string => subject ?? serialNumber ?? id;

const columns: readonly GridColumn<Blocked>[] = [
  { id: 'subject', title: 'Subject', render: nameOf },
  { id: 'issuer', title: 'Issuer', render: ({ issuer }) => issuer ?? '—' },
  {
    id: 'serial',
    title: 'Serial number',
    render: ({ serialNumber }) => <code className="break">{serialNumber ?? '—'}</code>,
  },
  { id: 'reason', title: 'Reason', render: ({ reason }) => reason ?? '—' },
  { id: 'created', title: 'Blocked', render: (entry) => <Moment at={entry.createdDateTime} /> },
  { id: 'by', title: 'Blocked by', render: ({ createdBy }) => createdBy ?? '—' },
];

/** Certificates that are refused whatever the lists of their CA say. */
export default function BlockedPage() {
  const may = useMay('pkiStore');
  const [panel, setPanel] = useAddressState('panel');
  const [release, setFreed] = useState<Blocked>();
  const list = usePages<Blocked>(path);
  const unblock = useSignInChange(
    release ? [{ path: `${path}/${release.id}`, method: 'DELETE', etag: release['@odata.etag'] }] : [],
    { stale: [path], done: 'The certificate is no longer blocked', onDone: () => setFreed(undefined) },
  );
  const actions: GridColumn<Blocked> = {
    id: 'actions',
    title: 'Actions',
    render: (entry) => (
      <Button kind="subtle" icon="delete" label={`Unblock ${nameOf(entry)}`} onPress={() => setFreed(entry)} />
    ),
  };
  return (
    <Page
      title="Blocked certificates"
      description="Certificates that are refused immediately, regardless of the certificate revocation lists of their certificate authority."
      commands={
        <>
          {may.write && (
            <Command icon="block" onPress={() => setPanel('new')}>
              Block a certificate
            </Command>
          )}
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
          <JsonButton path={path} />
        </>
      }
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <DataGrid
        label="Blocked certificates"
        list={list}
        columns={may.write ? [...columns, actions] : columns}
        keyOf={({ id }) => id}
        empty={
          <EmptyState icon="block" title="No certificate is blocked">
            Block a certificate that is lost or stolen while its certificate authority has not revoked it yet.
          </EmptyState>
        }
      />
      <SidePanel title="Block a certificate" isOpen={panel === 'new' && may.write} onClose={() => setPanel('')}>
        {panel === 'new' && <BlockForm onClose={() => setPanel('')} />}
      </SidePanel>
      <ConfirmDialog
        title="Unblock certificate"
        isOpen={release !== undefined}
        onClose={() => setFreed(undefined)}
        action="Unblock"
        onConfirm={() => unblock.mutate()}
        change={unblock}
      >
        <p>
          <strong className="break">{release && nameOf(release)}</strong> is accepted again, unless its certificate
          authority has revoked it.
        </p>
      </ConfirmDialog>
    </Page>
  );
}

function BlockForm({ onClose }: { readonly onClose: () => void }) {
  const [file, setFile] = useState<{ readonly name: string; readonly certificate: string }>();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string>();
  const block = useSignInChange(
    file ? [{ path, method: 'POST', body: { certificate: file.certificate, reason: reason.trim() || null } }] : [],
    { stale: [path], done: 'The certificate is blocked', onDone: onClose },
  );
  const take = async ([next]: File[]) => {
    setProblem(undefined);
    setFile(undefined);
    try {
      if (next) setFile({ name: next.name, certificate: await certificateIn(next) });
    } catch (thrown) {
      setProblem((thrown as Error).message);
    }
  };
  return (
    <Form
      action="Block"
      onSubmit={() => block.mutate()}
      onCancel={onClose}
      isDisabled={file === undefined}
      change={block}
    >
      <FileDrop label="Certificate (.cer, .crt, .pem)" endings={['.cer', '.crt', '.pem', '.der']} onFiles={take} />
      {file && <p>{file.name}</p>}
      {problem && (
        <Message tone="error" isAlert>
          {problem}
        </Message>
      )}
      <TextInput label="Reason" value={reason} onChange={setReason} help="Only administrators can see the reason." />
    </Form>
  );
}
