import { useState } from 'react';
import { useId } from '../../app/address.ts';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { RadioField } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { ObjectPage } from '../../components/layout/loaded.tsx';
import { PageTabs, Section } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { listPath, literal } from '../../graph/paths.ts';
import { useGraph, usePages } from '../../graph/queries.ts';
import { type GraphChange, sendChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';

interface RoleDefinition {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly rolePermissions: readonly { readonly allowedResourceActions: readonly string[] }[];
}

interface Assignment {
  readonly id: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly principal: (DirectoryItem & { readonly '@odata.type'?: string }) | null;
}

const assignmentsPath = '/roleManagement/directory/roleAssignments';
const stale = ['/roleManagement', '/users', '/groups', '/me'];

export default function RolePage() {
  const path = `/roleManagement/directory/roleDefinitions/${useId()}`;
  const query = useGraph<RoleDefinition>(path);
  return (
    <ObjectPage
      query={query}
      what="role"
      above={[{ title: 'Roles and administrators', to: '/roles' }]}
      area="roles"
      title={({ displayName }) => displayName}
      description={({ description }) => description}
      commands={() => <JsonButton path={path} />}
    >
      {(role) => (
        <PageTabs
          label="Role"
          tabs={[
            { id: 'assignments', title: 'Assignments', content: () => <Assignments role={role} /> },
            { id: 'description', title: 'Permissions', content: () => <Permissions role={role} /> },
          ]}
        />
      )}
    </ObjectPage>
  );
}

function Permissions({ role }: { readonly role: RoleDefinition }) {
  const actions = role.rolePermissions.flatMap(({ allowedResourceActions }) => allowedResourceActions);
  return (
    <Section title="Permissions">
      <ul>
        {actions.map((action) => (
          <li key={action}>
            <code className="break">{action}</code>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const pageOf = ({ principal, principalId }: Assignment) =>
  `${principal?.['@odata.type'] === '#microsoft.graph.group' ? '/groups' : '/users'}/${principalId}`;
const nameOf = ({ principal, principalId }: Assignment) => principal?.displayName ?? principalId;

function Assignments({ role }: { readonly role: RoleDefinition }) {
  const may = useMay('roles');
  const filter = `roleDefinitionId eq ${literal(role.id)}`;
  const list = usePages<Assignment>(listPath(assignmentsPath, { filter, expand: 'principal', count: true }));
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Assignment>();
  const remove = useSignInChange(removed ? [{ path: `${assignmentsPath}/${removed.id}`, method: 'DELETE' }] : [], {
    stale,
    done: removed ? `${nameOf(removed)} is no longer ${role.displayName}` : '',
    undo: async () => {
      if (removed) await sendChange(assignment(role, removed.principalId));
    },
    onDone: () => setRemoved(undefined),
  });
  const columns: readonly GridColumn<Assignment>[] = [
    { id: 'name', title: 'Name', render: nameOf },
    { id: 'upn', title: 'User name', render: ({ principal }) => principal?.userPrincipalName ?? '—' },
    {
      id: 'type',
      title: 'Type',
      render: ({ principal }) => (principal?.['@odata.type'] === '#microsoft.graph.group' ? 'Group' : 'User'),
    },
    {
      id: 'actions',
      title: 'Actions',
      render: (item) =>
        may.write ? (
          <Button
            kind="subtle"
            icon="delete"
            label={`Remove the assignment of ${nameOf(item)}`}
            onPress={() => setRemoved(item)}
          />
        ) : (
          '—'
        ),
    },
  ];
  return (
    <Section
      title="Assignments"
      actions={
        may.write && (
          <Button icon="add" onPress={() => setAdding(true)}>
            Add assignments
          </Button>
        )
      }
    >
      <DataGrid
        label="Assignments"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={pageOf}
        empty="The role is assigned to no user or group"
      />
      <SidePanel title="Add assignments" isOpen={isAdding} onClose={() => setAdding(false)}>
        <AddAssignments role={role} onClose={() => setAdding(false)} />
      </SidePanel>
      <ConfirmDialog
        title="Remove the assignment"
        isOpen={removed !== undefined}
        onClose={() => setRemoved(undefined)}
        action="Remove"
        isDanger
        onConfirm={() => remove.mutate()}
        change={remove}
      >
        {removed && nameOf(removed)} loses what the role permits at once.
      </ConfirmDialog>
    </Section>
  );
}

const assignment = (role: RoleDefinition, principalId: string, about?: string): GraphChange => ({
  path: assignmentsPath,
  method: 'POST',
  body: { principalId, roleDefinitionId: role.id, directoryScopeId: '/' },
  about,
});

interface AddProps {
  readonly role: RoleDefinition;
  readonly onClose: () => void;
}

function AddAssignments({ role, onClose }: AddProps) {
  const [kind, setKind] = useState<'users' | 'groups'>('users');
  const [picks, setPicks] = useState<readonly DirectoryItem[]>([]);
  const add = useSignInChange(
    picks.map(({ id, displayName }) => assignment(role, id, displayName)),
    { stale, done: `${role.displayName} assigned`, onDone: onClose },
  );
  return (
    <Form action="Add" onSubmit={() => add.mutate()} onCancel={onClose} isDisabled={picks.length === 0} change={add}>
      <RadioField
        label="Assign to"
        value={kind}
        onChange={setKind}
        choices={[
          { id: 'users', label: 'Users' },
          { id: 'groups', label: 'Groups', help: 'Only groups to which roles can be assigned.' },
        ]}
      />
      <DirectoryPicker label={kind === 'users' ? 'Users' : 'Groups'} kind={kind} chosen={picks} onChange={setPicks} />
    </Form>
  );
}
