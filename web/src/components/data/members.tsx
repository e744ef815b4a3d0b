import { useState } from 'react';
import { listPath } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';
import { sendChange } from '../../graph/series.ts';
import { referenceAddition, useSignInChange } from '../../graph/sign-in-change.ts';
import { Button } from '../button.tsx';
import { RadioField } from '../forms/fields.tsx';
import { Form } from '../forms/form.tsx';
import { type DirectoryItem, DirectoryPicker } from '../forms/picker.tsx';
import { Section } from '../layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../overlays/dialog.tsx';
import { DataGrid, type GridColumn } from './data-grid.tsx';

interface Member extends DirectoryItem {
  readonly '@odata.type'?: string;
}

/** What a member of the directory is, and its page. */
const kinds: Readonly<Record<string, { readonly name: string; readonly page?: string }>> = {
  '#microsoft.graph.user': { name: 'User', page: '/users' },
  '#microsoft.graph.group': { name: 'Group', page: '/groups' },
  '#microsoft.graph.device': { name: 'Device', page: '/devices' },
  '#microsoft.graph.servicePrincipal': { name: 'Service principal', page: '/enterprise-applications' },
};
const kindOf = (member: Member) => kinds[member['@odata.type'] ?? ''];

interface MembersProps {
  /** "Members", "Owners". */
  readonly title: string;
  /** `/groups/{id}/members`: it lists, and takes references. */
  readonly path: string;
  /** What may be added. */
  readonly kinds: readonly ('users' | 'groups')[];
  /** Whether members may be added and removed. */
  readonly mayWrite: boolean;
  /** Paths that are stale after a change. */
  readonly stale: readonly string[];
  /** The text that is shown before a member is removed. */
  readonly consequence: string;
  /** Whether membership decides who may sign in. */
  readonly isPreviewed?: boolean;
}

/** A collection of references: list, add by search, remove with a question. */
export function Members(props: MembersProps) {
  const { title, path, mayWrite } = props;
  const list = usePages<Member>(listPath(path, { top: 50 }));
  const [isAdding, setAdding] = useState(false);
  const [removal, setRemoved] = useState<Member>();
  const columns: readonly GridColumn<Member>[] = [
    { id: 'name', title: 'Name', render: (member) => member.displayName },
    { id: 'upn', title: 'User principal name', render: (member) => member.userPrincipalName ?? '—' },
    { id: 'type', title: 'Type', render: (member) => kindOf(member)?.name ?? '—' },
    {
      id: 'actions',
      title: 'Actions',
      render: (member) =>
        mayWrite ? (
          <Button
            kind="subtle"
            icon="delete"
            label={`Remove ${member.displayName}`}
            onPress={() => setRemoved(member)}
          />
        ) : (
          '—'
        ),
    },
  ];
  return (
    <Section
      title={title}
      actions={
        mayWrite && (
          <Button icon="add" onPress={() => setAdding(true)}>
            {`Add ${title.toLowerCase()}`}
          </Button>
        )
      }
    >
      <DataGrid
        label={title}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={(member) => `${kindOf(member)?.page ?? '/users'}/${member.id}`}
        empty={`No ${title.toLowerCase()}`}
      />
      <AddMembers {...props} isOpen={isAdding} onClose={() => setAdding(false)} />
      <RemoveMember {...props} member={removal} onClose={() => setRemoved(undefined)} />
    </Section>
  );
}

interface AddMembersProps extends MembersProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function AddMembers({ title, path, kinds: offers, stale, isPreviewed = true, isOpen, onClose }: AddMembersProps) {
  const [picks, setPicks] = useState<readonly DirectoryItem[]>([]);
  const [kind, setKind] = useState<'users' | 'groups'>(offers[0]!);
  const adding = useSignInChange(
    picks.map((item) => referenceAddition(path, item)),
    {
      isPreviewed,
      stale,
      done: `${title} added`,
      onDone: () => {
        onClose();
        setPicks([]);
      },
    },
  );
  return (
    <SidePanel title={`Add ${title.toLowerCase()}`} isOpen={isOpen} onClose={onClose}>
      <Form
        action="Add"
        onSubmit={() => adding.mutate()}
        onCancel={onClose}
        isDisabled={picks.length === 0}
        change={adding}
      >
        {offers.length > 1 && (
          <RadioField
            label="Search for"
            value={kind}
            onChange={setKind}
            choices={offers.map((id) => ({ id, label: id === 'users' ? 'Users' : 'Groups' }))}
          />
        )}
        <DirectoryPicker label={title} kind={kind} chosen={picks} onChange={setPicks} />
      </Form>
    </SidePanel>
  );
}

interface RemoveMemberProps extends MembersProps {
  /** The one to remove; the dialog is open while there is one. */
  readonly member: Member | undefined;
  readonly onClose: () => void;
}

function RemoveMember({ path, stale, consequence, isPreviewed = true, member, onClose }: RemoveMemberProps) {
  const removing = useSignInChange(member ? [{ path: `${path}/${member.id}/$ref`, method: 'DELETE' }] : [], {
    isPreviewed,
    stale,
    done: `${member?.displayName} removed`,
    undo: async () => {
      if (member) await sendChange(referenceAddition(path, member));
    },
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={`Remove ${member?.displayName ?? ''}`}
      isOpen={member !== undefined}
      onClose={onClose}
      action="Remove"
      onConfirm={() => removing.mutate()}
      change={removing}
    >
      {consequence}
    </ConfirmDialog>
  );
}
