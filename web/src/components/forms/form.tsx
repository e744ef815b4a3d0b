import { type FormEvent, type ReactNode, useState } from 'react';
import { type SignInChange, useSignInEffect } from '../../graph/sign-in-change.ts';
import { Button } from '../button.tsx';
import { SignInEffectPanel } from '../data/sign-in-effect.tsx';
import { ChangeProblem } from '../problems.tsx';

interface FormProps {
  readonly children: ReactNode;
  /** The verb of the button. */
  readonly action: string;
  readonly onSubmit: () => unknown;
  readonly onCancel?: () => void;
  readonly isDisabled?: boolean;
  /** The change that `onSubmit` begins. What decides who may sign in is a `useSignInChange`. */
  readonly change: { readonly isPending: boolean; readonly error: Error | null } & Partial<SignInChange>;
  readonly reload?: () => unknown;
  /** Beside the buttons. */
  readonly extra?: ReactNode;
}

/**
 * A form with its buttons and, above them, why the last change was refused. A change that decides who may sign in is tried
 * before: where sign-ins would end differently, they are shown, and the button has to be pressed again.
 */
export function Form({ children, action, onSubmit, onCancel, isDisabled = false, change, reload, extra }: FormProps) {
  const effect = useSignInEffect(change);
  const isBusy = change.isPending || effect.isPending;
  const review = async () => {
    if (!change.requests || effect.answer) return onSubmit();
    const answer = await effect.run();
    // A change that is refused says why at the fields, where the form has them.
    if (answer === 'refused' || answer?.changes.length === 0) onSubmit();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isDisabled && !isBusy) void review();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      {children}
      <SignInEffectPanel effect={change.error ? { ...effect, error: null } : effect} />
      <ChangeProblem problem={change.error} {...(reload && { reload })} />
      <div className="row form-buttons">
        <Button kind="primary" type="submit" isDisabled={isDisabled} isPending={isBusy}>
          {action}
        </Button>
        {onCancel && <Button onPress={onCancel}>Cancel</Button>}
        {change.requests && !isDisabled && (
          <Button icon="play" isDisabled={isBusy} onPress={effect.run}>
            Preview effect on sign-ins
          </Button>
        )}
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
