import { useSignInChange } from '../../graph/sign-in-change.ts';
import { ConfirmDialog } from './dialog.tsx';

interface RestoreDialogProps {
  /** What is restored; undefined where nothing is asked. */
  readonly item: { readonly id: string; readonly name: string } | undefined;
  /** Graph's path of the deleted objects. */
  readonly path: string;
  /** Paths that are stale afterwards; everything unless given. */
  readonly stale?: readonly string[];
  readonly onClose: () => void;
}

/** Asks before a deleted object decides about sign-ins again, and shows whose would have a different result. */
export function RestoreDialog({ item, path, stale, onClose }: RestoreDialogProps) {
  const restoration = useSignInChange(item ? [{ path: `${path}/${item.id}/restore`, method: 'POST', body: {} }] : [], {
    ...(stale && { stale }),
    done: `Restored ${item?.name ?? ''}`,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={`Restore ${item?.name ?? ''}?`}
      isOpen={item !== undefined}
      onClose={onClose}
      action="Restore"
      onConfirm={() => restoration.mutate()}
      change={restoration}
    >
      <p>It applies to sign-ins again immediately.</p>
    </ConfirmDialog>
  );
}
