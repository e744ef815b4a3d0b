import { useState } from 'react';
import { useMe } from '../../app/me.tsx';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { CheckboxField, NumberInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Section } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { copy } from '../../components/overlays/json-box.tsx';
import { Message } from '../../components/states.tsx';
import { send, useChange, usePages } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { userPath, type WholeUser } from './user.ts';

interface Method {
  readonly '@odata.type': string;
  readonly id: string;
  readonly createdDateTime: string | null;
  readonly displayName?: string;
  readonly isUsable?: boolean;
}

/** Graph's id of the one password of a user. */
const passwordId = '28c10230-6103-485e-b985-444c60001490';

/** Names of the methods, and the segment under which each is removed. */
const kinds: Readonly<Record<string, { readonly name: string; readonly segment?: string }>> = {
  passwordAuthenticationMethod: { name: 'Password' },
  fido2AuthenticationMethod: { name: 'Passkey', segment: 'fido2Methods' },
  softwareOathAuthenticationMethod: { name: 'Authenticator app', segment: 'softwareOathMethods' },
  temporaryAccessPassAuthenticationMethod: { name: 'Temporary Access Pass', segment: 'temporaryAccessPassMethods' },
  windowsHelloForBusinessAuthenticationMethod: { name: 'Windows Hello for Business' },
};
const kindOf = (method: Method) => kinds[method['@odata.type'].replace('#microsoft.graph.', '')];
const nameOf = (method: Method) => kindOf(method)?.name ?? method['@odata.type'];

/** @param onRemove absent where the administrator may not remove methods */
const columnsOf = (onRemove: ((method: Method) => void) | undefined): readonly GridColumn<Method>[] => [
  { id: 'method', title: 'Method', render: nameOf },
  {
    id: 'detail',
    title: 'Detail',
    render: (method) =>
      method.displayName ?? (method.isUsable === undefined ? '—' : method.isUsable ? 'Usable' : 'Not usable'),
  },
  { id: 'created', title: 'Created', render: (method) => <Moment at={method.createdDateTime} /> },
  {
    id: 'actions',
    title: 'Actions',
    render: (method) =>
      onRemove && kindOf(method)?.segment ? (
        <Button kind="subtle" icon="delete" label={`Remove ${nameOf(method)}`} onPress={() => onRemove(method)} />
      ) : (
        '—'
      ),
  },
];

/** Authentication methods of a user: what is registered, a Temporary Access Pass, removal. */
export function UserMethods({ user }: { readonly user: WholeUser }) {
  const [methods, credentials] = [useMay('authenticationMethods'), useMay('userCredentials')];
  const base = `${userPath(user.id)}/authentication`;
  const list = usePages<Method>(`${base}/methods`);
  const [removed, setRemoved] = useState<Method>();
  const [isIssuing, setIssuing] = useState(false);
  const [isResetting, setResetting] = useState(false);
  const me = useMe();
  const hasPassword = list.rows.some(({ id }) => id === passwordId);
  const mayWrite = methods.write || credentials.write;
  return (
    <Section
      title="Authentication methods"
      actions={
        mayWrite && (
          <div className="row">
            {hasPassword && user.id !== me.userId && (
              <Button icon="key" onPress={() => setResetting(true)}>
                Reset password
              </Button>
            )}
            <Button icon="add" onPress={() => setIssuing(true)}>
              Add Temporary Access Pass
            </Button>
          </div>
        )
      }
    >
      <p>Certificates are not registered: the policy binds them when the user signs in.</p>
      <DataGrid
        label="Authentication methods"
        list={list}
        columns={columnsOf(mayWrite ? setRemoved : undefined)}
        keyOf={({ id }) => id}
        empty="No authentication method is registered"
      />
      <RemoveMethod base={base} name={user.displayName} method={removed} onClose={() => setRemoved(undefined)} />
      <SidePanel title="Reset password" isOpen={isResetting} onClose={() => setResetting(false)}>
        <ResetPassword base={base} name={user.displayName} onClose={() => setResetting(false)} />
      </SidePanel>
      <SidePanel title="Temporary Access Pass" isOpen={isIssuing} onClose={() => setIssuing(false)}>
        <IssuePass base={base} onClose={() => setIssuing(false)} />
      </SidePanel>
    </Section>
  );
}

interface RemoveMethodProps {
  readonly base: string;
  /** Of the user. */
  readonly name: string;
  /** Absent while nothing is to be removed. */
  readonly method: Method | undefined;
  readonly onClose: () => void;
}

function RemoveMethod({ base, name, method, onClose }: RemoveMethodProps) {
  const requests = method
    ? [{ path: `${base}/${kindOf(method)!.segment}/${method.id}`, method: 'DELETE' as const }]
    : [];
  const remove = useSignInChange(requests, {
    stale: ['/users'],
    done: method ? `${nameOf(method)} removed` : '',
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={`Remove ${method ? nameOf(method) : ''}`}
      isOpen={method !== undefined}
      onClose={onClose}
      action="Remove"
      isDanger
      onConfirm={() => remove.mutate()}
      change={remove}
    >
      {name} can no longer sign in with it. It must be registered again before it can be used.
    </ConfirmDialog>
  );
}

function IssuePass({ base, onClose }: { readonly base: string; readonly onClose: () => void }) {
  const [lifetimeInMinutes, setLifetime] = useState(60);
  const [isUsableOnce, setOnce] = useState(true);
  const issue = useChange(
    () =>
      send<{ readonly temporaryAccessPass: string }>(`${base}/temporaryAccessPassMethods`, {
        method: 'POST',
        body: { lifetimeInMinutes, isUsableOnce },
      }),
    { stale: ['/users'] },
  );
  if (issue.data)
    return <Secret title="The pass was issued." value={issue.data.temporaryAccessPass} onClose={onClose} />;
  return (
    <Form action="Add" onSubmit={() => issue.mutate()} onCancel={onClose} change={issue}>
      <p>A code with which the user signs in for a limited time, to register another method.</p>
      <NumberInput
        label="Activation duration"
        help="Minutes, within the limits of the policy."
        value={lifetimeInMinutes}
        onChange={setLifetime}
        min={10}
        max={43_200}
      />
      <CheckboxField label="One-time use" isSelected={isUsableOnce} onChange={setOnce} />
    </Form>
  );
}

interface ResetPasswordProps {
  readonly base: string;
  readonly name: string;
  readonly onClose: () => void;
}

function ResetPassword({ base, name, onClose }: ResetPasswordProps) {
  const reset = useChange(
    () =>
      send<{ readonly newPassword: string }>(`${base}/methods/${passwordId}/resetPassword`, {
        method: 'POST',
        body: { requireChangeOnNextSignIn: true },
      }),
    { stale: ['/users'] },
  );
  if (reset.data) return <Secret title="The password was reset." value={reset.data.newPassword} onClose={onClose} />;
  return (
    <Form action="Reset password" onSubmit={() => reset.mutate()} onCancel={onClose} change={reset}>
      <p>{name} gets a temporary password, which must be changed at the next sign-in with it.</p>
    </Form>
  );
}

/** A secret that is shown once. */
function Secret({
  title,
  value,
  onClose,
}: {
  readonly title: string;
  readonly value: string;
  readonly onClose: () => void;
}) {
  return (
    <>
      <Message tone="success" title={title} isAlert>
        Give it to the user now. It is not shown again.
      </Message>
      <p>
        <code className="large-code">{value}</code>
      </p>
      <div className="row">
        <Button icon="copy" onPress={() => copy(value)}>
          Copy
        </Button>
        <Button onPress={onClose}>Close</Button>
      </div>
    </>
  );
}
