import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { statusOf, statusTones } from '../../components/data/sign-in-status.ts';
import { methodWords } from '../../components/data/words.ts';
import { Form } from '../../components/forms/form.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { listPath, literal } from '../../graph/paths.ts';
import { send, useChange, usePages } from '../../graph/queries.ts';
import { sendChange } from '../../graph/series.ts';
import { memberAddition, useSignInChange } from '../../graph/sign-in-change.ts';
import { userPath, type WholeUser } from './user.ts';

interface Props {
  readonly user: WholeUser;
}

interface SignIn {
  readonly id: string;
  readonly createdDateTime: string;
  readonly appDisplayName: string | null;
  readonly ipAddress: string | null;
  readonly status: { readonly errorCode: number; readonly failureReason: string | null };
}

const signInColumns: readonly GridColumn<SignIn>[] = [
  { id: 'date', title: 'Date', render: (entry) => <Moment at={entry.createdDateTime} /> },
  { id: 'application', title: 'Application', render: (entry) => entry.appDisplayName ?? '—' },
  {
    id: 'status',
    title: 'Status',
    render: (entry) => <Badge tone={statusTones[statusOf(entry)]}>{statusOf(entry)}</Badge>,
  },
  { id: 'code', title: 'Sign-in error code', render: ({ status }) => status.errorCode || '—' },
  {
    id: 'reason',
    title: 'Failure reason',
    render: ({ status }) => (status.errorCode === 0 ? '—' : status.failureReason),
  },
  { id: 'ip', title: 'IP address', render: (entry) => entry.ipAddress ?? '—' },
];

/** The latest sign-ins of a user. */
export function UserSignIns({ user }: Props) {
  const filter = `userId eq ${literal(user.id)}`;
  const list = usePages<SignIn>(listPath('/beta/auditLogs/signIns', { filter, top: 25 }));
  return (
    <Section title="Sign-in logs">
      <DataGrid
        label="Sign-ins"
        list={list}
        columns={signInColumns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/sign-in-logs?entry=${id}`}
        empty="There are no sign-ins in the retention period of the log"
      />
    </Section>
  );
}

interface Session {
  readonly id: string;
  readonly createdDateTime: string;
  readonly lastUsedDateTime: string | null;
  readonly ipAddress: string | null;
  readonly browser: string | null;
  readonly operatingSystem: string | null;
  readonly methods: readonly string[];
  readonly applications: readonly { readonly displayName: string }[];
}

const sessionColumns: readonly GridColumn<Session>[] = [
  { id: 'began', title: 'Signed in', render: (session) => <Moment at={session.createdDateTime} /> },
  { id: 'used', title: 'Last used', render: (session) => <Moment at={session.lastUsedDateTime} /> },
  {
    id: 'browser',
    title: 'Browser',
    render: ({ browser, operatingSystem }) => [browser, operatingSystem].filter(Boolean).join(', ') || '—',
  },
  { id: 'ip', title: 'IP address', render: (session) => session.ipAddress ?? '—' },
  { id: 'methods', title: 'Methods', render: (session) => session.methods.map(methodWords).join(', ') },
  {
    id: 'applications',
    title: 'Applications',
    render: (session) => session.applications.map(({ displayName }) => displayName).join(', ') || '—',
  },
];

/** Live sessions of a user; each can be ended. */
export function UserSessions({ user }: Props) {
  const may = useMay('userCredentials');
  const list = usePages<Session>(`/beta${userPath(user.id)}/sessions`);
  const [endTarget, setEnded] = useState<Session>();
  const end = useChange((id: string) => send(`/beta${userPath(user.id)}/sessions/${id}/end`, { method: 'POST' }), {
    done: 'Session ended',
    onDone: () => setEnded(undefined),
  });
  const columns: readonly GridColumn<Session>[] = [
    ...sessionColumns,
    {
      id: 'actions',
      title: 'Actions',
      render: (session) =>
        may.write ? (
          <Button kind="subtle" icon="close" label="End the session" onPress={() => setEnded(session)} />
        ) : (
          '—'
        ),
    },
  ];
  return (
    <Section title="Sessions">
      <DataGrid label="Sessions" list={list} columns={columns} keyOf={({ id }) => id} empty="No active session" />
      <ConfirmDialog
        title="End the session"
        isOpen={endTarget !== undefined}
        onClose={() => setEnded(undefined)}
        action="End session"
        onConfirm={() => endTarget && end.mutate(endTarget.id)}
        change={end}
      >
        {user.displayName} has to sign in again in this browser.
      </ConfirmDialog>
    </Section>
  );
}

interface Device {
  readonly id: string;
  readonly displayName: string;
  readonly operatingSystem: string | null;
  readonly trustType: string | null;
  readonly isCompliant: boolean | null;
  readonly accountEnabled: boolean | null;
}

const deviceColumns: readonly GridColumn<Device>[] = [
  { id: 'name', title: 'Name', render: (device) => device.displayName },
  { id: 'os', title: 'OS', render: (device) => device.operatingSystem ?? '—' },
  { id: 'join', title: 'Join type', render: (device) => device.trustType ?? '—' },
  { id: 'compliant', title: 'Compliant', render: (device) => (device.isCompliant ? 'Yes' : 'No') },
  { id: 'enabled', title: 'Enabled', render: (device) => (device.accountEnabled ? 'Yes' : 'No') },
];

/** Devices that a user owns. */
export function UserDevices({ user }: Props) {
  const list = usePages<Device>(`${userPath(user.id)}/ownedDevices`);
  return (
    <Section title="Devices">
      <DataGrid
        label="Devices"
        list={list}
        columns={deviceColumns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/devices/${id}`}
        empty="No device"
      />
    </Section>
  );
}

interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
}

/** Groups of which a user is a member. */
export function UserGroups({ user }: Props) {
  const may = useMay('groups');
  const list = usePages<Group>(`${userPath(user.id)}/memberOf/microsoft.graph.group?$top=50`);
  const [isAdding, setAdding] = useState(false);
  const [leaveTarget, setLeft] = useState<Group>();
  const remove = useSignInChange(
    leaveTarget ? [{ path: `/groups/${leaveTarget.id}/members/${user.id}/$ref`, method: 'DELETE' }] : [],
    {
      stale: ['/users', '/groups'],
      done: `Removed from ${leaveTarget?.displayName}`,
      undo: async () => {
        if (leaveTarget) await sendChange(memberAddition(leaveTarget, user.id));
      },
      onDone: () => setLeft(undefined),
    },
  );
  const columns: readonly GridColumn<Group>[] = [
    { id: 'name', title: 'Name', render: (group) => group.displayName },
    { id: 'description', title: 'Description', render: (group) => group.description ?? '—' },
    {
      id: 'actions',
      title: 'Actions',
      render: (group) =>
        may.write ? (
          <Button
            kind="subtle"
            icon="delete"
            label={`Remove from ${group.displayName}`}
            onPress={() => setLeft(group)}
          />
        ) : (
          '—'
        ),
    },
  ];
  return (
    <Section
      title="Groups"
      actions={
        may.write && (
          <Button icon="add" onPress={() => setAdding(true)}>
            Add memberships
          </Button>
        )
      }
    >
      <DataGrid
        label="Groups"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/groups/${id}`}
        empty="Not a member of any group"
      />
      <SidePanel title="Add memberships" isOpen={isAdding} onClose={() => setAdding(false)}>
        <AddMemberships user={user} onClose={() => setAdding(false)} />
      </SidePanel>
      <ConfirmDialog
        title="Remove from group"
        isOpen={leaveTarget !== undefined}
        onClose={() => setLeft(undefined)}
        action="Remove"
        onConfirm={() => remove.mutate()}
        change={remove}
      >
        {user.displayName} loses what {leaveTarget?.displayName} gives: applications, roles, and policies that name the
        group.
      </ConfirmDialog>
    </Section>
  );
}

function AddMemberships({ user, onClose }: Props & { readonly onClose: () => void }) {
  const [picks, setPicks] = useState<readonly DirectoryItem[]>([]);
  const add = useSignInChange(
    picks.map((group) => memberAddition(group, user.id)),
    { stale: ['/users', '/groups'], done: 'Memberships added', onDone: onClose },
  );
  return (
    <Form action="Add" onSubmit={() => add.mutate()} onCancel={onClose} isDisabled={picks.length === 0} change={add}>
      <DirectoryPicker label="Groups" kind="groups" chosen={picks} onChange={setPicks} />
    </Form>
  );
}

interface Role {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
}

const roleColumns: readonly GridColumn<Role>[] = [
  { id: 'name', title: 'Role', render: (role) => role.displayName },
  { id: 'description', title: 'Description', render: (role) => role.description ?? '—' },
];

/** Directory roles of a user, by groups as well. */
export function UserRoles({ user }: Props) {
  const list = usePages<Role>(`${userPath(user.id)}/transitiveMemberOf/microsoft.graph.directoryRole`);
  return (
    <Section title="Assigned roles">
      <p>
        Roles that are held by the user or by a group of the user. Assign roles under{' '}
        <PageLink to="/roles">Roles and administrators</PageLink>.
      </p>
      <DataGrid
        label="Roles"
        list={list}
        columns={roleColumns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/roles/${id}`}
        empty="No directory role"
      />
    </Section>
  );
}
