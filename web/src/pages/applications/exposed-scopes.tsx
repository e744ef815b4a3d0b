import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { CheckboxField, RadioField, TextInput } from '../../components/forms/fields.tsx';
import { Form, useDraft } from '../../components/forms/form.tsx';
import { Section } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { EmptyState } from '../../components/states.tsx';
import { send, useChange } from '../../graph/queries.ts';
import type { PermissionScope, RegistrationProps } from './model.ts';

const blank = (): PermissionScope => ({ id: crypto.randomUUID(), value: '', isEnabled: true, type: 'User' });

/** Scopes that other applications may ask for. */
export function ExposedScopes({ path, app, etag, reload }: RegistrationProps) {
  const { write } = useMay('applications');
  const scopes = app.api.oauth2PermissionScopes;
  const [edited, setEdited] = useState<PermissionScope>();
  const [doomed, setDoomed] = useState<PermissionScope>();
  const change = useChange<readonly PermissionScope[]>(
    (oauth2PermissionScopes) =>
      send(path, { method: 'PATCH', body: { api: { ...app.api, oauth2PermissionScopes } }, etag }),
    {
      done: 'Saved the scopes',
      onDone: () => {
        setEdited(undefined);
        setDoomed(undefined);
      },
    },
  );
  const without = (scope: PermissionScope) => scopes.filter(({ id }) => id !== scope.id);
  const prefix = app.identifierUris[0] ?? `api://${app.appId}`;
  return (
    <Section
      title="Scopes defined by this API"
      actions={
        write && (
          <Button icon="add" onPress={() => setEdited(blank())}>
            Add a scope
          </Button>
        )
      }
    >
      {scopes.length === 0 && <EmptyState title="This application exposes no scope" />}
      {scopes.length > 0 && (
        <TableFrame label="Scopes">
          <thead>
            <tr>
              <th scope="col">Scope</th>
              <th scope="col">Who can consent</th>
              <th scope="col">Name for administrators</th>
              <th scope="col">State</th>
              {write && <th scope="col">Actions</th>}
            </tr>
          </thead>
          <tbody>
            {scopes.map((scope) => (
              <tr key={scope.id}>
                <th scope="row">
                  <code className="break">{`${prefix}/${scope.value ?? ''}`}</code>
                </th>
                <td>{scope.type === 'User' ? 'Admins and users' : 'Admins only'}</td>
                <td>{scope.adminConsentDisplayName || '—'}</td>
                <td>{scope.isEnabled === false ? 'Disabled' : 'Enabled'}</td>
                {write && (
                  <td>
                    <Button kind="subtle" icon="edit" label={`Edit ${scope.value}`} onPress={() => setEdited(scope)} />
                    <Button
                      kind="subtle"
                      icon="delete"
                      label={`Delete ${scope.value}`}
                      onPress={() => setDoomed(scope)}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
      <SidePanel title="Scope" isOpen={edited !== undefined} onClose={() => setEdited(undefined)}>
        {edited && (
          <ScopeForm
            key={edited.id}
            original={edited}
            change={change}
            save={(scope) => change.mutate([...without(scope), scope])}
            reload={reload}
            onCancel={() => setEdited(undefined)}
          />
        )}
      </SidePanel>
      <ConfirmDialog
        title={`Delete the scope ${doomed?.value ?? ''}`}
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        action="Delete"
        isDanger
        onConfirm={() => doomed && change.mutate(without(doomed))}
        change={change}
      >
        Applications that ask for it get no token with it any more.
      </ConfirmDialog>
    </Section>
  );
}

interface ScopeFormProps {
  readonly original: PermissionScope;
  readonly change: { readonly isPending: boolean; readonly error: Error | null };
  readonly save: (scope: PermissionScope) => void;
  readonly reload: () => unknown;
  readonly onCancel: () => void;
}

function ScopeForm({ original, change, save, reload, onCancel }: ScopeFormProps) {
  const { draft, set } = useDraft(original);
  return (
    <Form
      action="Save"
      onSubmit={() => save(draft)}
      onCancel={onCancel}
      isDisabled={!draft.value || !draft.adminConsentDisplayName}
      change={change}
      reload={reload}
    >
      <TextInput label="Scope name" value={draft.value ?? ''} onChange={(value) => set({ value })} isRequired isCode />
      <RadioField
        label="Who can consent"
        value={draft.type ?? 'Admin'}
        onChange={(type) => set({ type })}
        choices={[
          { id: 'User', label: 'Admins and users' },
          { id: 'Admin', label: 'Admins only' },
        ]}
      />
      <TextInput
        label="Admin consent display name"
        value={draft.adminConsentDisplayName ?? ''}
        onChange={(adminConsentDisplayName) => set({ adminConsentDisplayName })}
        isRequired
      />
      <TextInput
        label="Admin consent description"
        value={draft.adminConsentDescription ?? ''}
        onChange={(adminConsentDescription) => set({ adminConsentDescription })}
        isMultiline
      />
      <CheckboxField
        label="Enabled"
        isSelected={draft.isEnabled !== false}
        onChange={(isEnabled) => set({ isEnabled })}
      />
    </Form>
  );
}
