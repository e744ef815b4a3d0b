import { useState } from 'react';
import { useId } from '../../app/address.ts';
import { useMe } from '../../app/me.tsx';
import { useMay } from '../../app/roles.ts';
import { Badge } from '../../components/data/details.tsx';
import { ObjectPage } from '../../components/layout/loaded.tsx';
import { Command, type PageTab, PageTabs } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, useGraphWithEtag } from '../../graph/queries.ts';
import { type GraphChange, sendChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { CertificateUserIds } from './certificate-user-ids.tsx';
import { DeleteUsers } from './delete-users.tsx';
import { type UserPartProps, userPath, type WholeUser, wholeUserPath } from './user.ts';
import { UserApplications } from './user-applications.tsx';
import { UserMethods } from './user-methods.tsx';
import { UserProperties } from './user-properties.tsx';
import { UserDevices, UserGroups, UserRoles, UserSessions, UserSignIns } from './user-relations.tsx';

export default function UserPage() {
  const id = useId();
  const [bindings, logs] = [useMay('certificateUserIds'), useMay('signInLog')];
  const path = wholeUserPath(id, bindings.read);
  const query = useGraphWithEtag<WholeUser>(path);
  return (
    <ObjectPage
      query={query}
      what="user"
      above={[{ title: 'Users', to: '/users' }]}
      title={({ body }) => body.displayName}
      description={({ body: user }) => (
        <span className="row">
          {user.userPrincipalName}
          <Badge tone={user.accountEnabled ? 'good' : 'bad'}>
            {user.accountEnabled ? 'Account enabled' : 'Account disabled'}
          </Badge>
        </span>
      )}
      commands={({ body, etag }) => <UserCommands user={body} etag={etag} reload={query.refetch} path={path} />}
    >
      {({ body: user, etag }) => <PageTabs label="User" tabs={tabsOf({ user, etag, reload: query.refetch })} />}
    </ObjectPage>
  );

  function tabsOf(props: UserPartProps): readonly PageTab[] {
    const { user } = props;
    const certificates = {
      id: 'certificates',
      title: 'Certificate user IDs',
      content: () => <CertificateUserIds {...props} />,
    };
    return [
      { id: 'overview', title: 'Overview', content: () => <UserProperties {...props} /> },
      { id: 'methods', title: 'Authentication methods', content: () => <UserMethods user={user} /> },
      ...(bindings.read ? [certificates] : []),
      ...(logs.read ? [{ id: 'sign-ins', title: 'Sign-in logs', content: () => <UserSignIns user={user} /> }] : []),
      { id: 'sessions', title: 'Sessions', content: () => <UserSessions user={user} /> },
      { id: 'devices', title: 'Devices', content: () => <UserDevices user={user} /> },
      { id: 'groups', title: 'Groups', content: () => <UserGroups user={user} /> },
      { id: 'applications', title: 'Applications', content: () => <UserApplications user={user} /> },
      { id: 'roles', title: 'Assigned roles', content: () => <UserRoles user={user} /> },
    ];
  }
}

function UserCommands({ user, etag, path }: UserPartProps & { readonly path: string }) {
  const go = useGo();
  const me = useMe();
  const [users, state, credentials] = [useMay('users'), useMay('userState'), useMay('userCredentials')];
  const [open, setOpen] = useState<'enable' | 'revoke' | 'delete' | undefined>();
  const close = () => setOpen(undefined);
  const verb = user.accountEnabled ? 'Disable' : 'Enable';
  const setEnabled = (accountEnabled: boolean): GraphChange => ({
    path: userPath(user.id),
    method: 'PATCH',
    body: { accountEnabled },
  });
  const enable = useSignInChange([{ ...setEnabled(!user.accountEnabled), etag }], {
    stale: ['/users'],
    done: `Account ${user.accountEnabled ? 'disabled' : 'enabled'}`,
    undo: () => sendChange(setEnabled(user.accountEnabled)),
    onDone: close,
  });
  const revoke = useChange(() => send(`${userPath(user.id)}/revokeSignInSessions`, { method: 'POST' }), {
    stale: ['/users'],
    done: 'Sessions revoked',
    onDone: close,
  });
  const mayState = users.write || state.write;
  return (
    <>
      <Command icon={user.accountEnabled ? 'block' : 'check'} onPress={() => setOpen('enable')} isDisabled={!mayState}>
        {`${verb} account`}
      </Command>
      <Command
        icon="lock"
        onPress={() => setOpen('revoke')}
        isDisabled={!credentials.write && !users.write && user.id !== me.userId}
      >
        Revoke sessions
      </Command>
      <Command icon="delete" onPress={() => setOpen('delete')} isDisabled={!users.write}>
        Delete
      </Command>
      <JsonButton path={path} />
      <ConfirmDialog
        title={`${verb} account`}
        isOpen={open === 'enable'}
        onClose={close}
        action={verb}
        isDanger={user.accountEnabled}
        onConfirm={() => enable.mutate()}
        change={enable}
      >
        {user.accountEnabled
          ? `${user.displayName} can no longer sign in, and live sessions end within a minute.`
          : `${user.displayName} can sign in again.`}
      </ConfirmDialog>
      <ConfirmDialog
        title="Revoke sessions"
        isOpen={open === 'revoke'}
        onClose={close}
        action="Revoke"
        onConfirm={() => revoke.mutate()}
        change={revoke}
      >
        {user.displayName} has to sign in again in every browser and application.
      </ConfirmDialog>
      <DeleteUsers items={open === 'delete' ? [user] : []} onClose={close} onDone={() => go('/users')} />
      {!users.write && <ReadOnlyNote roles={users.writers} />}
    </>
  );
}
