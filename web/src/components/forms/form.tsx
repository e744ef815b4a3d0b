import { type FormEvent, type ReactNode, useState } from 'react';
import { Button } from '../button.tsx';
import { ChangeProblem } from '../problems.tsx';

interface FormProps {
  readonly children: ReactNode;
  /** The verb of the button. */
  readonly action: string;
  readonly onSubmit: () => unknown;
  readonly onCancel?: () => void;
  readonly isDisabled?: boolean;
  /** The change that `onSubmit` begins. */
  readonly change: { readonly isPending: boolean; readonly error: Error | null };
  readonly reload?: () => unknown;
  /** Beside the buttons. */
  readonly extra?: ReactNode;
}

/** A form with its buttons and, above them, why the last change was refused. */
export function Form({ children, action, onSubmit, onCancel, isDisabled = false, change, reload, extra }: FormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isDisabled && !change.isPending) onSubmit();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      {children}
      <ChangeProblem problem={change.error} {...(reload && { reload })} />
      <div className="row form-buttons">
        <Button kind="primary" type="submit" isDisabled={isDisabled} isPending={change.isPending}>
          {action}
        </Button>
        {onCancel && <Button onPress={onCancel}>Cancel</Button>}
        {extra}
      </div>
    </form>
  );
}

/** A draft of an object: what was read, with the edits of the user on top. */
export function useDraft<T extends object>(original: T) {
  const [edits, setEdits] = useState<Partial<T>>({});
  const draft: T = { ...original, ...edits };
  const changes = Object.fromEntries(
    Object.entries(edits).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(original[name as keyof T]),
    ),
  ) as Partial<T>;
  return {
    draft,
    /** What differs from the original: the body of a PATCH. */
    changes,
    isChanged: Object.keys(changes).length > 0,
    set: (next: Partial<T>) => setEdits((before) => ({ ...before, ...next })),
    reset: () => setEdits({}),
  };
}
