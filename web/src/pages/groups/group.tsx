import { useState } from 'react';
import { useId } from '../../app/address.ts';
import { useMay } from '../../app/roles.ts';
import { Details, Moment } from '../../components/data/details.tsx';
import { Members } from '../../components/data/members.tsx';
import { TextInput } from '../../components/forms/fields.tsx';
import { Form, useDraft } from '../../components/forms/form.tsx';
import { Command, Page, PageTabs, Section } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ErrorState, Loading, ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, useGraphWithEtag } from '../../graph/queries.ts';
import { DeleteGroups } from './delete-groups.tsx';
import { type Group, typeOf } from './group-type.ts';

export default function GroupPage() {
  const path = `/groups/${useId()}`;
  const go = useGo();
  const may = useMay('groups');
  const [isDeleting, setDeleting] = useState(false);
  const query = useGraphWithEtag<Group>(path);
  if (query.isPending) return <Loading what="Loading the group" />;
  if (query.error) return <ErrorState problem={query.error} retry={query.refetch} />;
  const { body: group, etag } = query.data;
  const members = {
    kind: 'users' as const,
    mayWrite: may.write,
    stale: ['/groups', '/users'],
    consequence: 'Policies, roles and applications of the group no longer apply to the member.',
  };
  return (
    <Page
      title={group.displayName}
      above={[{ title: 'Groups', to: '/groups' }]}
      description={typeOf(group)}
      commands={
        <>
          <Command icon="delete" onPress={() => setDeleting(true)} isDisabled={!may.write}>
            Delete
          </Command>
          <JsonButton path={path} />
        </>
      }
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <PageTabs
        label="Group"
        tabs={[
          {
            id: 'overview',
            title: 'Overview',
            content: () => <Overview key={etag} group={group} etag={etag} reload={query.refetch} />,
          },
          {
            id: 'members',
            title: 'Members',
            content: () => <Members {...members} title="Members" path={`${path}/members`} />,
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
        ]}
      />
      <DeleteGroups
        groups={isDeleting ? [group] : []}
        onClose={() => setDeleting(false)}
        onDone={() => go('/groups')}
      />
    </Page>
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
  const { draft, changes, isChanged, set, reset } = useDraft({
    displayName: group.displayName,
    description: group.description ?? '',
  });
  const save = useChange(() => send(`/groups/${group.id}`, { method: 'PATCH', body: changes, etag }), {
    stale: ['/groups'],
    done: 'Group saved',
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
      <Form
        action="Save"
        onSubmit={() => save.mutate()}
        isDisabled={!may.write || !isChanged || draft.displayName === ''}
        change={save}
        reload={reload}
        {...(isChanged && { onCancel: reset })}
      >
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
      </Form>
    </>
  );
}
