import { useSyncExternalStore } from 'react';
import { type ForceQuestion, forceQuestions } from '../../graph/force.ts';
import { noChange } from '../../graph/sign-in-change.ts';
import { LockedOut } from '../problems.tsx';
import { Message } from '../states.tsx';
import { ConfirmDialog } from './dialog.tsx';

/** Asks when the guard has refused a change, wherever it was made; there is one in the frame of the pages. */
export function LockOutDialog() {
  const question = useSyncExternalStore(forceQuestions.subscribe, forceQuestions.current);
  return question ? <Question {...question} /> : null;
}

function Question({ problem, answer }: ForceQuestion) {
  const { administrators = [] } = problem.innerError;
  return (
    <ConfirmDialog
      title="This change would lock out the last administrators"
      isOpen
      onClose={() => answer(false)}
      action="Make the change anyway"
      isDanger
      typed={administrators[0]?.userPrincipalName ?? 'lock out'}
      onConfirm={() => answer(true)}
      change={noChange}
    >
      <Message tone="error" title="The change was not made." isAlert>
        After the change, none of these Global Administrators could sign in:
        <LockedOut administrators={administrators} />
      </Message>
      <p>
        Cancel, and give one of them a sign-in method that the change permits, or exclude one of them from the change.
        If you make the change anyway, only the command line on the server can restore the access of an administrator.
      </p>
    </ConfirmDialog>
  );
}
