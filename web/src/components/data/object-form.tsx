import { type ReactNode, useState } from 'react';
import type { GraphChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import type { DraftEvents } from '../forms/draft.ts';
import { Form } from '../forms/form.tsx';
import { Command } from '../layout/page.tsx';
import { ConfirmDialog } from '../overlays/dialog.tsx';
import type { EditedDraft, ValueWords } from './changed-values.tsx';
import type { ObjectFormProps } from './editable-list.tsx';

interface Named {
  readonly displayName: string;
}

/** The draft of an object with a name, of `useDraft`. */
interface ObjectDraft extends EditedDraft {
  readonly draft: Named;
  readonly isChanged: boolean;
  readonly events: DraftEvents;
}

interface ObjectChangeOptions {
  /** The whole object for a new one, what is sent of it otherwise. */
  readonly body: object;
  /** Paths whose answers are stale after a change. */
  readonly stale: readonly string[];
  /** False where the object decides nothing about sign-ins. */
  readonly isPreviewed?: boolean;
  /** Takes the deletion back. */
  readonly undo?: () => Promise<unknown>;
}

/** The changes of an object in a panel: one creates or saves it, the other deletes it. */
export function useObjectChanges(
  { original, isNew, path, etag, onClose }: ObjectFormProps<Named>,
  form: ObjectDraft,
  { body, undo, ...options }: ObjectChangeOptions,
) {
  const common = { ...options, onDone: onClose };
  const saving: GraphChange = isNew ? { path, method: 'POST', body } : { path, method: 'PATCH', body, etag: form.etag };
  const change = useSignInChange([saving], { ...common, done: `Saved ${form.draft.displayName}`, draft: form });
  const removal = useSignInChange([{ path, method: 'DELETE', etag }], {
    ...common,
    done: `Deleted ${original.displayName}`,
    ...(undo && { undo }),
  });
  return { change, removal };
}

interface ObjectFormFrameProps
  extends Pick<ObjectFormProps<Named>, 'original' | 'isNew' | 'reload' | 'onClose'>,
    ReturnType<typeof useObjectChanges> {
  readonly draft: ObjectDraft;
  readonly words: ValueWords;
  readonly mayWrite: boolean;
  /** Whether what is needed is there, apart from the name. */
  readonly isComplete?: boolean;
  /** The text that is shown before it is deleted. */
  readonly consequence: string;
  readonly acknowledgements?: readonly string[];
  readonly children: ReactNode;
}

/** The form of an object in a panel, with the command that deletes it. */
export function ObjectForm({ original, isNew, reload, onClose, draft, words, ...props }: ObjectFormFrameProps) {
  const { change, removal, mayWrite, isComplete = true, consequence, acknowledgements, children } = props;
  const [isConfirming, setConfirming] = useState(false);
  return (
    <>
      <Form
        action={isNew ? 'Create' : 'Save'}
        onSubmit={() => change.mutate()}
        onCancel={onClose}
        isDisabled={!mayWrite || !draft.isChanged || !isComplete || draft.draft.displayName === ''}
        change={change}
        draft={draft}
        words={words}
        reload={reload}
        extra={
          !isNew && mayWrite ? (
            <Command icon="delete" onPress={() => setConfirming(true)}>
              Delete
            </Command>
          ) : undefined
        }
      >
        {children}
      </Form>
      <ConfirmDialog
        title={`Delete ${original.displayName}?`}
        isOpen={isConfirming}
        onClose={() => setConfirming(false)}
        action="Delete"
        isDanger
        onConfirm={() => removal.mutate()}
        change={removal}
        {...(acknowledgements && { acknowledgements })}
      >
        <p>{consequence}</p>
      </ConfirmDialog>
    </>
  );
}
