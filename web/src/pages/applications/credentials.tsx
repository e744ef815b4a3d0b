import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { NumberInput, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Command, Section } from '../../components/layout/page.tsx';
import { ConfirmDialog, Dialog } from '../../components/overlays/dialog.tsx';
import { copy } from '../../components/overlays/json-box.tsx';
import { Message } from '../../components/states.tsx';
import { send, useChange } from '../../graph/queries.ts';
import type { Application, KeyCredential, PasswordCredential } from './model.ts';

/** Secrets and certificates with which an application proves who it is. */
export function Credentials({ path, app }: { readonly path: string; readonly app: Application }) {
  const { write } = useMay('applications');
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [leaving, setLeaving] = useState<PasswordCredential>();
  const removal = useChange<string>((keyId) => send(`${path}/removePassword`, { method: 'POST', body: { keyId } }), {
    done: 'Deleted the client secret',
    onDone: () => setLeaving(undefined),
  });
  return (
    <>
      {secret && (
        <Message tone="warning" title="Copy the value now. It is not shown again." isAlert>
          <p className="row">
            <code className="break">{secret}</code>
            <Button kind="subtle" icon="copy" label="Copy the client secret" onPress={() => copy(secret)} />
          </p>
        </Message>
      )}
      <Section
        title="Client secrets"
        actions={
          write && (
            <Command icon="add" onPress={() => setAdding(true)}>
              New client secret
            </Command>
          )
        }
      >
        <CredentialTable
          label="Client secrets"
          rows={app.passwordCredentials}
          {...(write && {
            onRemove: (row: PasswordCredential | KeyCredential) => setLeaving(row as PasswordCredential),
          })}
        />
      </Section>
      <Section title="Certificates">
        <CredentialTable label="Certificates" rows={app.keyCredentials} />
      </Section>
      {isAdding && <NewSecret path={path} onClose={() => setAdding(false)} onMade={setSecret} />}
      <ConfirmDialog
        title={`Delete ${leaving?.displayName || 'the client secret'}?`}
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        action="Delete"
        isDanger
        onConfirm={() => leaving && removal.mutate(leaving.keyId)}
        change={removal}
      >
        <p>Applications that use it can no longer sign in. A deleted secret cannot be restored.</p>
      </ConfirmDialog>
    </>
  );
}

function CredentialTable({
  label,
  rows,
  onRemove,
}: {
  readonly label: string;
  readonly rows: readonly (PasswordCredential | KeyCredential)[];
  readonly onRemove?: (row: PasswordCredential | KeyCredential) => void;
}) {
  if (rows.length === 0) return <p className="faint">There are none.</p>;
  return (
    <TableFrame label={label} head={['Description', 'Expires', 'ID', ...(onRemove ? ['Delete'] : [])]}>
      {rows.map((row) => (
        <tr key={row.keyId}>
          <th scope="row">
            {row.displayName || '—'}
            {'hint' in row && row.hint ? ` (${row.hint}…)` : ''}
          </th>
          <td>
            <Moment at={row.endDateTime} />
            {Date.parse(row.endDateTime) < Date.now() && (
              <>
                {' '}
                <Badge tone="bad">Expired</Badge>
              </>
            )}
          </td>
          <td>
            <code>{row.keyId}</code>
          </td>
          {onRemove && (
            <td>
              <Button
                kind="subtle"
                icon="delete"
                label={`Delete ${row.displayName || row.keyId}`}
                onPress={() => onRemove(row)}
              />
            </td>
          )}
        </tr>
      ))}
    </TableFrame>
  );
}

function NewSecret({
  path,
  onClose,
  onMade,
}: {
  readonly path: string;
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
}) {
  const [displayName, setDisplayName] = useState('');
  const [months, setMonths] = useState(6);
  const change = useChange(
    () => {
      const end = new Date();
      end.setMonth(end.getMonth() + months);
      const passwordCredential = { displayName, endDateTime: end.toISOString() };
      return send<PasswordCredential>(`${path}/addPassword`, { method: 'POST', body: { passwordCredential } });
    },
    {
      done: 'Added the client secret',
      onDone: ({ secretText }) => {
        onMade(secretText ?? '');
        onClose();
      },
    },
  );
  return (
    <Dialog title="Add a client secret" isOpen onClose={onClose}>
      <Form action="Add" onSubmit={() => change.mutate()} onCancel={onClose} change={change}>
        <TextInput label="Description" value={displayName} onChange={setDisplayName} />
        <NumberInput label="Expires in months" value={months} onChange={setMonths} min={1} max={24} />
      </Form>
    </Dialog>
  );
}
