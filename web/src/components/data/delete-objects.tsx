import type { ReactNode } from 'react';
import { type GraphChange, sendSeries } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { ConfirmDialog } from '../overlays/dialog.tsx';

interface Named {
  readonly id: string;
  readonly displayName: string;
}

export interface DeletionProps<T extends Named> {
  /** Those to delete; the dialog is open while there are any. */
  readonly items: readonly T[];
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

interface DeleteObjectsProps<T extends Named> extends DeletionProps<T> {
  /** "user". */
  readonly what: string;
  readonly pathOf: (id: string) => string;
  /** Paths that are stale afterwards, beside those of deleted objects. */
  readonly stale: readonly string[];
  /** Whether the name of a single object has to be typed. */
  readonly isTyped?: boolean;
  /** Behind the name of each. */
  readonly detail?: (item: T) => ReactNode;
  /** What a deletion means. */
  readonly children: ReactNode;
}

/** Asks, and deletes objects of the directory one after the other. They can be restored. */
export function DeleteObjects<T extends Named>(props: DeleteObjectsProps<T>) {
  const { items, onClose, onDone, what, pathOf, stale, isTyped, detail, children } = props;
  const [first, ...others] = items;
  const each = (change: (id: string) => GraphChange) =>
    items.map(({ id, displayName }) => ({ ...change(id), about: displayName }));
  const remove = useSignInChange(
    each((id) => ({ path: pathOf(id), method: 'DELETE' })),
    {
      stale: [...stale, '/directory/deletedItems'],
      done: `${items.map(({ displayName }) => displayName).join(', ')} deleted`,
      undo: () => sendSeries(each((id) => ({ path: `/directory/deletedItems/${id}/restore`, method: 'POST' }))),
      onDone: () => {
        onClose();
        onDone?.();
      },
    },
  );
  return (
    <ConfirmDialog
      title={others.length === 0 ? `Delete ${what}` : `Delete ${items.length} ${what}s`}
      isOpen={first !== undefined}
      onClose={onClose}
      action="Delete"
      isDanger
      {...(isTyped && first && others.length === 0 && { typed: first.displayName })}
      onConfirm={() => remove.mutate()}
      change={remove}
    >
      <p>{children}</p>
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            {item.displayName}
            {detail && <> {detail(item)}</>}
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}
