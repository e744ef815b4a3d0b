import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { type GraphChange, sendSeries } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import type { Group } from './group-type.ts';

interface DeleteGroupsProps {
  /** Those to delete; the dialog is open while there are any. */
  readonly groups: readonly Group[];
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

/** Asks, and deletes groups one after the other. */
export function DeleteGroups({ groups, onClose, onDone }: DeleteGroupsProps) {
  const each = (change: (id: string) => GraphChange) =>
    groups.map(({ id, displayName }) => ({ ...change(id), about: displayName }));
  const remove = useSignInChange(
    each((id) => ({ path: `/groups/${id}`, method: 'DELETE' })),
    {
      stale: ['/groups', '/users', '/directory/deletedItems'],
      done: `${groups.map(({ displayName }) => displayName).join(', ')} deleted`,
      undo: () => sendSeries(each((id) => ({ path: `/directory/deletedItems/${id}/restore`, method: 'POST' }))),
      onDone: () => {
        onClose();
        onDone?.();
      },
    },
  );
  return (
    <ConfirmDialog
      title={groups.length === 1 ? 'Delete group' : `Delete ${groups.length} groups`}
      isOpen={groups.length > 0}
      onClose={onClose}
      action="Delete"
      isDanger
      {...(groups.length === 1 && { typed: groups[0]!.displayName })}
      onConfirm={() => remove.mutate()}
      change={remove}
    >
      <p>
        Policies, roles, applications and rollouts that name the group no longer apply to its members. It can be
        restored for thirty days.
      </p>
      <ul>
        {groups.map(({ id, displayName }) => (
          <li key={id}>{displayName}</li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}
