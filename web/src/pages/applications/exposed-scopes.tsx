import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { labelOf } from '../../components/forms/choices.ts';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField, RadioField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Section } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { EmptyState } from '../../components/states.tsx';
import { send, useChange } from '../../graph/queries.ts';
import type { Application, PermissionScope, RegistrationProps } from './model.ts';

const consents = [
  { id: 'User', label: 'Admins and users' },
  { id: 'Admin', label: 'Admins only' },
] as const;

const blank = (): PermissionScope => ({ id: crypto.randomUUID(), value: '', isEnabled: true, type: 'User' });

/** A scope, and the state of its application when an administrator chose it. */
interface Choice {
  readonly scope: PermissionScope;
  readonly app: Application;
  readonly etag: string | undefined;
}

/** Scopes that other applications may ask for. */
export function ExposedScopes({ path, app, etag, reload }: RegistrationProps) {
  const { write } = useMay('applications');
  const scopes = app.api.oauth2PermissionScopes;
  const [edited, setEdited] = useState<Choice>();
  const [doomed, setDoomed] = useState<Choice>();
  const choose = (scope: PermissionScope): Choice => ({ scope, app, etag });
  const close = () => {
    setEdited(undefined);
    setDoomed(undefined);
  };
  const change = useChange<{ readonly choice: Choice; readonly scope?: PermissionScope }>(
    ({ choice, scope }) => {
      const others = choice.app.api.oauth2PermissionScopes.filter(({ id }) => id !== choice.scope.id);
      const api = { ...choice.app.api, oauth2PermissionScopes: scope ? [...others, scope] : others };
      return send(path, { method: 'PATCH', body: { api }, etag: choice.etag });
    },
    { done: 'Saved the scopes', onDone: close },
  );
  return (
    <Section
      title="Scopes defined by this API"
      actions={
        write && (
          <Button icon="add" onPress={() => setEdited(choose(blank()))}>
            Add a scope
          </Button>
        )
      }
    >
      {scopes.length === 0 && <EmptyState title="This application exposes no scope" />}
      {scopes.length > 0 && (
        <ScopeTable
          scopes={scopes}
          prefix={app.identifierUris[0] ?? `api://${app.appId}`}
          {...(write && {
            onEdit: (scope: PermissionScope) => setEdited(choose(scope)),
            onDelete: (scope: PermissionScope) => setDoomed(choose(scope)),
          })}
        />
      )}
      <SidePanel title="Scope" isOpen={edited !== undefined} onClose={() => setEdited(undefined)}>
        {edited && (
          <ScopeForm
            key={edited.scope.id}
            original={edited.scope}
            change={change}
            save={(scope) => change.mutate({ choice: edited, scope })}
            reload={() => {
              close();
              return reload();
            }}
            onCancel={() => setEdited(undefined)}
          />
        )}
      </SidePanel>
      <ConfirmDialog
        title={`Delete the scope ${doomed?.scope.value ?? ''}`}
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        action="Delete"
        isDanger
        onConfirm={() => doomed && change.mutate({ choice: doomed })}
        change={change}
      >
        Applications that request the scope no longer receive it in tokens.
      </ConfirmDialog>
    </Section>
  );
}

interface ScopeTableProps {
  readonly scopes: readonly PermissionScope[];
  /** The identifier URI of the application. */
  readonly prefix: string;
  /** Absent where the user may only read. */
  readonly onEdit?: (scope: PermissionScope) => void;
  readonly onDelete?: (scope: PermissionScope) => void;
}

const ScopeTable = ({ scopes, prefix, onEdit, onDelete }: ScopeTableProps) => (
  <TableFrame
    label="Scopes"
    head={['Scope', 'Who can consent', 'Name for administrators', 'State', ...(onEdit ? ['Actions'] : [])]}
  >
    {scopes.map((scope) => (
      <tr key={scope.id}>
        <th scope="row">
          <code className="break">{`${prefix}/${scope.value ?? ''}`}</code>
        </th>
        <td>{labelOf(consents, scope.type ?? 'Admin')}</td>
        <td>{scope.adminConsentDisplayName || '—'}</td>
        <td>{scope.isEnabled === false ? 'Disabled' : 'Enabled'}</td>
        {onEdit && onDelete && (
          <td>
            <Button kind="subtle" icon="edit" label={`Edit ${scope.value}`} onPress={() => onEdit(scope)} />
            <Button kind="subtle" icon="delete" label={`Delete ${scope.value}`} onPress={() => onDelete(scope)} />
          </td>
        )}
      </tr>
    ))}
  </TableFrame>
);

interface ScopeFormProps {
  readonly original: PermissionScope;
  readonly change: { readonly isPending: boolean; readonly error: Error | null };
  readonly save: (scope: PermissionScope) => void;
  readonly reload: () => unknown;
  readonly onCancel: () => void;
}

function ScopeForm({ original, change, save, reload, onCancel }: ScopeFormProps) {
  const form = useDraft(original);
  const { draft, set } = form;
  return (
    <Form
      action="Save"
      onSubmit={() => save(draft)}
      onCancel={onCancel}
      isDisabled={!draft.value || !draft.adminConsentDisplayName}
      change={change}
      draft={form}
      reload={reload}
    >
      <TextInput label="Scope name" value={draft.value ?? ''} onChange={(value) => set({ value })} isRequired isCode />
      <RadioField
        label="Who can consent"
        value={draft.type ?? 'Admin'}
        onChange={(type) => set({ type })}
        choices={consents}
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
