import type { ReactNode } from 'react';
import type { EditedDraft } from '../data/changed-values.tsx';
import { Form } from './form.tsx';

interface SaveFormProps {
  readonly children: ReactNode;
  /** Of `useDraft`. */
  readonly form: EditedDraft & { readonly isChanged: boolean };
  /** Sends what was edited; of `useChange`. */
  readonly change: { readonly mutate: () => unknown; readonly isPending: boolean; readonly error: Error | null };
  readonly mayWrite: boolean;
  /** Whether what is required is there. */
  readonly isComplete?: boolean;
  readonly reload: () => unknown;
}

/** A form on a page that saves the edits of an object: its buttons are enabled and shown while there are edits. */
export const SaveForm = ({ children, form, change, mayWrite, isComplete = true, reload }: SaveFormProps) => (
  <Form
    action="Save"
    onSubmit={() => change.mutate()}
    {...(form.isChanged && { onCancel: form.reset })}
    isDisabled={!mayWrite || !form.isChanged || !isComplete}
    change={change}
    draft={form}
    reload={reload}
  >
    {children}
  </Form>
);
