import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { type GraphChange, sendSeries } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { type User, userPath } from './user.ts';

interface DeleteUsersProps {
  /** Those to delete; the dialog is open while there are any. */
  readonly users: readonly Pick<User, 'id' | 'displayName' | 'userPrincipalName'>[];
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

/** Asks, and deletes users one after the other. They can be restored. */
export function DeleteUsers({ users, onClose, onDone }: DeleteUsersProps) {
  const names = users.map(({ displayName }) => displayName).join(', ');
  const each = (change: (id: string) => GraphChange) =>
    users.map(({ id, displayName }) => ({ ...change(id), about: displayName }));
  const remove = useSignInChange(
    each((id) => ({ path: userPath(id), method: 'DELETE' })),
    {
      stale: ['/users', '/directory/deletedItems'],
      done: `${names} deleted`,
      undo: () => sendSeries(each((id) => ({ path: `/directory/deletedItems/${id}/restore`, method: 'POST' }))),
      onDone: () => {
        onClose();
        onDone?.();
      },
    },
  );
  return (
    <ConfirmDialog
      title={users.length === 1 ? 'Delete user' : `Delete ${users.length} users`}
      isOpen={users.length > 0}
      onClose={onClose}
      action="Delete"
      isDanger
      onConfirm={() => remove.mutate()}
      change={remove}
    >
      <p>
        Sessions end at once, and signing in is no longer possible. For thirty days a deleted user can be restored with
        the groups, roles and authentication methods.
      </p>
      <ul>
        {users.map(({ id, displayName, userPrincipalName }) => (
          <li key={id}>
            {displayName} <span className="faint">{userPrincipalName}</span>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}
