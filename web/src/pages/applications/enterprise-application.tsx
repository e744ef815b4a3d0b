import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Details, Moment } from '../../components/data/details.tsx';
import { SelectField } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { Command, Page, PageTabs, Section } from '../../components/layout/page.tsx';
import { OuterLink, PageLink } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { ErrorState, Loading, ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, useGraph, usePages } from '../../graph/queries.ts';
import { useSeries } from '../../graph/series.ts';
import type { ServicePrincipal } from './model.ts';
import { Owners } from './owners.tsx';

const above = [{ title: 'Enterprise applications', to: '/enterprise-applications' }];

export default function EnterpriseApplicationPage() {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const path = `/servicePrincipals/${id}`;
  const { data, error, isPending, refetch } = useGraph<ServicePrincipal>(path);
  return (
    <Page title={data?.displayName ?? 'Application'} above={above} commands={<JsonButton path={path} />}>
      {isPending && <Loading />}
      {error && <ErrorState problem={error} retry={refetch} />}
      {data && (
        <PageTabs
          label="Application"
          tabs={[
            { id: 'overview', title: 'Overview', content: () => <Overview app={data} /> },
            { id: 'owners', title: 'Owners', content: () => <Owners path={path} /> },
            { id: 'assigned', title: 'Users and groups', content: () => <Assignments app={data} /> },
            { id: 'permissions', title: 'Permissions', content: () => <Permissions app={data} /> },
          ]}
        />
      )}
    </Page>
  );
}

const Overview = ({ app }: { readonly app: ServicePrincipal }) => (
  <Section title="Properties">
    <Details
      items={[
        ['Name', app.displayName],
        ['Application ID', <code key="app">{app.appId}</code>],
        ['Object ID', <code key="id">{app.id}</code>],
        [
          'Homepage URL',
          app.homepage && (
            <OuterLink key="home" href={app.homepage}>
              {app.homepage}
            </OuterLink>
          ),
        ],
        ['Reply URLs', app.replyUrls.join(', ')],
        ['Tags', app.tags.join(', ')],
        ['Created on', <Moment key="created" at={app.createdDateTime} />],
        [
          'Sign-ins',
          <PageLink key="sign-ins" to={`/sign-in-logs?search=${encodeURIComponent(app.displayName)}`}>
            Sign-in logs
          </PageLink>,
        ],
      ]}
    />
  </Section>
);

interface Assignment {
  readonly id: string;
  readonly principalDisplayName: string | null;
  readonly principalType: string;
  readonly principalId: string;
  readonly appRoleId: string;
  readonly createdDateTime: string | null;
}
const defaultAccess = '00000000-0000-0000-0000-000000000000';

function Assignments({ app }: { readonly app: ServicePrincipal }) {
  const path = `/servicePrincipals/${app.id}/appRoleAssignedTo`;
  const list = usePages<Assignment>(path);
  const { write, writers } = useMay('applications');
  const [isAdding, setAdding] = useState(false);
  const removal = useChange<Assignment>((row) => send(`${path}/${row.id}`, { method: 'DELETE' }), {
    stale: ['/servicePrincipals'],
    done: (row) => `Removed ${row.principalDisplayName ?? 'the assignment'}`,
    undo: ({ principalId, appRoleId }) =>
      send(path, { method: 'POST', body: { principalId, appRoleId, resourceId: app.id } }),
  });
  const roleName = (id: string) =>
    id === defaultAccess ? 'Default Access' : (app.appRoles.find((role) => role.id === id)?.displayName ?? id);
  const columns: readonly GridColumn<Assignment>[] = [
    { id: 'name', title: 'Display name', render: (row) => row.principalDisplayName ?? row.principalId },
    { id: 'type', title: 'Object type', render: (row) => row.principalType },
    { id: 'role', title: 'Role assigned', render: (row) => roleName(row.appRoleId) },
    { id: 'created', title: 'Assigned', render: (row) => <Moment at={row.createdDateTime} /> },
    ...(write
      ? [
          {
            id: 'remove',
            title: 'Remove',
            render: (row: Assignment) => (
              <Button
                kind="subtle"
                icon="delete"
                label={`Remove ${row.principalDisplayName ?? row.principalId}`}
                isPending={removal.isPending}
                onPress={() => removal.mutate(row)}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      {!write && <ReadOnlyNote roles={writers} />}
      {write && (
        <div className="command-bar">
          <Command icon="add" onPress={() => setAdding(true)}>
            Add user/group
          </Command>
        </div>
      )}
      <ChangeProblem problem={removal.error} />
      <DataGrid
        label="Users and groups"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        empty="No users or groups are assigned. Assignments show who an application is intended for. They do not restrict sign-ins."
      />
      {isAdding && <AddAssignment app={app} onClose={() => setAdding(false)} />}
    </>
  );
}

function AddAssignment({ app, onClose }: { readonly app: ServicePrincipal; readonly onClose: () => void }) {
  const [users, setUsers] = useState<DirectoryItem[]>([]);
  const [groups, setGroups] = useState<DirectoryItem[]>([]);
  const [role, setRole] = useState(defaultAccess);
  const change = useSeries(
    [...users, ...groups].map(({ id, displayName }) => ({
      path: `/servicePrincipals/${app.id}/appRoleAssignedTo`,
      method: 'POST',
      body: { principalId: id, resourceId: app.id, appRoleId: role },
      about: displayName,
    })),
    { stale: ['/servicePrincipals'], done: 'Added the assignments', onDone: onClose },
  );
  return (
    <SidePanel title="Add assignment" isOpen onClose={onClose}>
      <Form
        action="Assign"
        onSubmit={() => change.mutate()}
        onCancel={onClose}
        isDisabled={users.length + groups.length === 0}
        change={change}
      >
        <DirectoryPicker label="Users" kind="users" chosen={users} onChange={setUsers} />
        <DirectoryPicker label="Groups" kind="groups" chosen={groups} onChange={setGroups} />
        <SelectField
          label="Role"
          value={role}
          onChange={setRole}
          choices={[
            { id: defaultAccess, label: 'Default Access' },
            ...app.appRoles.map(({ id, displayName, value }) => ({ id, label: displayName ?? value ?? id })),
          ]}
        />
      </Form>
    </SidePanel>
  );
}

interface Grant {
  readonly id: string;
  readonly consentType: 'AllPrincipals' | 'Principal';
  readonly principalId: string | null;
  readonly scope: string;
}

interface AppRole {
  readonly id: string;
  readonly resourceDisplayName: string;
  readonly appRoleId: string;
}

const grantColumns: readonly GridColumn<Grant>[] = [
  { id: 'scope', title: 'Permissions', render: ({ scope }) => scope },
  {
    id: 'for',
    title: 'Granted for',
    render: ({ consentType, principalId }) =>
      consentType === 'AllPrincipals' ? 'All users' : <PageLink to={`/users/${principalId}`}>One user</PageLink>,
  },
];
const roleColumns: readonly GridColumn<AppRole & { readonly name: string }>[] = [
  { id: 'name', title: 'Permission', render: ({ name }) => name },
  { id: 'api', title: 'API', render: ({ resourceDisplayName }) => resourceDisplayName },
];

function Permissions({ app }: { readonly app: ServicePrincipal }) {
  const grants = usePages<Grant>(`/servicePrincipals/${app.id}/oauth2PermissionGrants`);
  const roles = usePages<AppRole>(`/servicePrincipals/${app.id}/appRoleAssignments`);
  const microsoftGraph = useGraph<ServicePrincipal>("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')");
  const named = roles.rows.map((row) => ({
    ...row,
    name: microsoftGraph.data?.appRoles.find(({ id }) => id === row.appRoleId)?.value ?? row.appRoleId,
  }));
  return (
    <>
      <Section title="Delegated permissions">
        <DataGrid
          label="Delegated permissions"
          list={grants}
          columns={grantColumns}
          keyOf={({ id }) => id}
          empty="No delegated permission was granted"
        />
      </Section>
      <Section title="Application permissions">
        <DataGrid
          label="Application permissions"
          list={{ ...roles, rows: named }}
          columns={roleColumns}
          keyOf={({ id }) => id}
          empty="No application permission was granted"
        />
      </Section>
    </>
  );
}
