import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { type SignInChange, useSignInEffect } from '../../graph/sign-in-change.ts';
import { Button } from '../button.tsx';
import { ChangedValuesView, type EditedDraft, type ValueWords } from '../data/changed-values.tsx';
import { SignInEffectPanel } from '../data/sign-in-effect.tsx';
import { RequestView } from '../overlays/request-view.tsx';
import { ChangeProblem } from '../problems.tsx';
import { EditFrame, leaveForm, useUnsavedEdits } from './unsaved.ts';

interface FormChange extends Partial<SignInChange> {
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly reset?: () => void;
}

/**
 * The edits, of `useDraft`: what `reload` gives up. Without them, whatever is typed is an edit until it is sent. A change
 * that decides who may sign in is reviewed before it is sent: its form then says what the values of the draft are called.
 */
type FormDraft =
  | { readonly draft: EditedDraft; readonly words: ValueWords; readonly change: FormChange }
  | { readonly draft: EditedDraft; readonly words?: never; readonly change: FormChange & { readonly requests?: never } }
  | { readonly draft?: never; readonly words?: never; readonly change: FormChange };

/** What a form of a draft gets from a component around it. */
export type DraftOfForm = Extract<FormDraft, { readonly draft: EditedDraft }>;

interface FormBase {
  readonly children: ReactNode;
  /** The verb of the button. */
  readonly action: string;
  readonly onSubmit: () => unknown;
  readonly onCancel?: () => void;
  readonly isDisabled?: boolean;
  /** Reads the object again after another administrator changed it. */
  readonly reload?: () => unknown;
  /** Whether it asks and saves nothing: what is typed is no edit. */
  readonly isQuestion?: boolean;
  /** Beside the buttons. */
  readonly extra?: ReactNode;
}

/** `change` is the one that `onSubmit` begins. What decides who may sign in is a `useSignInChange`. */
type FormProps = FormBase & FormDraft;

/**
 * A form with its buttons and, above them, why the last change was refused. A change that decides who may sign in is tried
 * before: where sign-ins would end differently, they are shown, and the button has to be pressed again.
 */
export function Form({
  children,
  action,
  onSubmit,
  onCancel,
  isDisabled = false,
  change,
  reload,
  draft,
  words,
  isQuestion = false,
  extra,
}: FormProps) {
  const touch = useTyped(change, draft === undefined && !isQuestion);
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
    // A form in a dialog stands inside of the form that opened it.
    event.stopPropagation();
    if (!isDisabled && !isBusy) void review();
  };
  const startAgain = reload && {
    reload: () => {
      change.reset?.();
      draft?.reset();
      return reload();
    },
  };
  // A change that stopped is given up with its form: the same one begins again afterwards.
  const giveUp = useRef<() => void>(undefined);
  giveUp.current = change.error ? change.reset : undefined;
  useEffect(() => () => giveUp.current?.(), []);
  return (
    <form className="form" onSubmit={submit} onInput={touch} onChange={touch} noValidate>
      <EditFrame value={touch}>{children}</EditFrame>
      {draft && words && change.requests && <ChangedValuesView draft={draft} words={words} />}
      <SignInEffectPanel effect={change.error ? { ...effect, error: null } : effect} />
      <ChangeProblem problem={change.error} {...startAgain} />
      {!isDisabled && <RequestView requests={change.requests} />}
      <div className="row form-buttons">
        <Button kind="primary" type="submit" isDisabled={isDisabled} isPending={isBusy}>
          {action}
        </Button>
        {onCancel && <Button onPress={() => leaveForm(onCancel)}>Cancel</Button>}
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

/** Takes note of what is typed into a form without a draft, until its change was accepted. Answers what to call on input. */
function useTyped({ isPending, error }: FormChange, isCounted: boolean): () => void {
  const [isTyped, setTyped] = useState(false);
  const isSent = useRef(false);
  useUnsavedEdits(isCounted && isTyped);
  useEffect(() => {
    if (isSent.current && !isPending && !error) setTyped(false);
    isSent.current = isPending;
  }, [isPending, error]);
  return () => setTyped(true);
}
