import { useBlocker } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { noChange } from '../../graph/sign-in-change.ts';
import { askToDiscard, discardQuestion, hasUnsavedEdits } from '../forms/unsaved.ts';
import { ConfirmDialog } from './dialog.tsx';

/** Asks before edits that were not saved are lost: with a tab, a panel, the page, or the window. There is one in the frame of the pages. */
export function DiscardDialog() {
  const answer = useSyncExternalStore(discardQuestion.subscribe, discardQuestion.current);
  useBlocker({
    shouldBlockFn: async ({ current, next }) =>
      current.pathname !== next.pathname && hasUnsavedEdits() && !(await askToDiscard()),
    enableBeforeUnload: hasUnsavedEdits,
  });
  return (
    <ConfirmDialog
      title="Discard unsaved edits?"
      isOpen={answer !== undefined}
      onClose={() => answer?.(false)}
      action="Discard"
      cancel="Keep editing"
      isDanger
      onConfirm={() => answer?.(true)}
      change={noChange}
    >
      <p>Your unsaved edits are lost if you continue.</p>
    </ConfirmDialog>
  );
}
