import { useState } from 'react';
import { useId } from '../../app/address.ts';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Details, Moment } from '../../components/data/details.tsx';
import { Members } from '../../components/data/members.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { TextInput } from '../../components/forms/fields.tsx';
import { SaveForm } from '../../components/forms/save-form.tsx';
import { ObjectPage } from '../../components/layout/loaded.tsx';
import { Command, PageTabs, Section } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { send, useChange, useGraphWithEtag, usePages } from '../../graph/queries.ts';
import { DeleteGroups } from './delete-groups.tsx';
import { type Group, typeOf } from './group-type.ts';

export default function GroupPage() {
  const path = `/groups/${useId()}`;
  const go = useGo();
  const may = useMay('groups');
  const [isDeleting, setDeleting] = useState(false);
  const query = useGraphWithEtag<Group>(path);
  const members = {
    kinds: ['users'] as const,
    mayWrite: may.write,
    stale: ['/groups', '/users'],
    consequence: 'Policies, roles and applications of the group no longer apply to the member.',
  };
  return (
    <ObjectPage
      query={query}
      what="group"
      above={[{ title: 'Groups', to: '/groups' }]}
      area="groups"
      title={({ body }) => body.displayName}
      description={({ body }) => typeOf(body)}
      commands={() => (
        <>
          <Command icon="delete" onPress={() => setDeleting(true)} isDisabled={!may.write}>
            Delete
          </Command>
          <JsonButton path={path} />
        </>
      )}
    >
      {({ body: group, etag }) => (
        <>
          <PageTabs
            label="Group"
            tabs={[
              {
                id: 'overview',
                title: 'Overview',
                content: () => <Overview group={group} etag={etag} reload={query.refetch} />,
              },
              {
                id: 'members',
                title: 'Members',
                content: () => (
                  <Members {...members} kinds={['users', 'groups']} title="Members" path={`${path}/members`} />
                ),
              },
              {
                id: 'owners',
                title: 'Owners',
                content: () => (
                  <Members
                    {...members}
                    title="Owners"
                    path={`${path}/owners`}
                    isPreviewed={false}
                    consequence="The owner no longer manages the group."
                  />
                ),
              },
              { id: 'groups', title: 'Group memberships', content: () => <Memberships path={path} /> },
            ]}
          />
          <DeleteGroups
            items={isDeleting ? [group] : []}
            onClose={() => setDeleting(false)}
            onDone={() => go('/groups')}
          />
        </>
      )}
    </ObjectPage>
  );
}

const membershipColumns: readonly GridColumn<Group>[] = [
  { id: 'name', title: 'Name', render: (group) => group.displayName },
  { id: 'type', title: 'Group type', render: typeOf },
];

/** The groups of which this one is a member. */
function Memberships({ path }: { readonly path: string }) {
  const list = usePages<Group>(`${path}/memberOf/microsoft.graph.group?$top=50`);
  return (
    <Section title="Group memberships">
      <DataGrid
        label="Group memberships"
        list={list}
        columns={membershipColumns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/groups/${id}`}
        empty="Not a member of any group"
      />
    </Section>
  );
}

function Overview({
  group,
  etag,
  reload,
}: {
  readonly group: Group;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
}) {
  const may = useMay('groups');
  const form = useDraft({ displayName: group.displayName, description: group.description ?? '' }, etag);
  const { draft, changes, set } = form;
  const save = useChange(() => send(`/groups/${group.id}`, { method: 'PATCH', body: changes, etag: form.etag }), {
    stale: ['/groups'],
    done: 'Group saved',
    draft: form,
  });
  return (
    <>
      <Section title="Properties">
        <Details
          items={[
            ['Object ID', <code key="id">{group.id}</code>],
            ['Group type', typeOf(group)],
            ['Role-assignable', group.isAssignableToRole ? 'Yes' : 'No'],
            ['Source', group.onPremisesSyncEnabled ? 'Windows Server AD' : 'Cloud'],
            ['Created on', <Moment key="created" at={group.createdDateTime} />],
          ]}
        />
      </Section>
      <SaveForm form={form} change={save} mayWrite={may.write} isComplete={draft.displayName !== ''} reload={reload}>
        <TextInput
          label="Group name"
          value={draft.displayName}
          onChange={(displayName) => set({ displayName })}
          isReadOnly={!may.write}
          isRequired
        />
        <TextInput
          label="Group description"
          value={draft.description}
          onChange={(description) => set({ description })}
          isReadOnly={!may.write}
          isMultiline
        />
      </SaveForm>
    </>
  );
}
