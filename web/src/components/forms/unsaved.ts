import { createContext, useContext, useEffect, useId, useMemo } from 'react';

/** A part of the pages that goes away as one: a tab, a panel, the page. Edits count in each part that they are inside of. */
interface Part {
  readonly edits: Set<string>;
  readonly outer?: Part;
}

const page: Part = { edits: new Set() };
const PartContext = createContext(page);

/** Takes note of edits that would be lost with the part of the page that they are in. */
export function useUnsavedEdits(isEdited: boolean): void {
  const part = useContext(PartContext);
  const id = useId();
  useEffect(() => {
    if (!isEdited) return;
    for (const each of withOuter(part)) each.edits.add(id);
    return () => forget([id], part);
  }, [isEdited, part, id]);
}

const withOuter = (part: Part): readonly Part[] => [part, ...(part.outer ? withOuter(part.outer) : [])];

function forget(ids: readonly string[], part: Part): void {
  for (const each of withOuter(part)) for (const id of ids) each.edits.delete(id);
}

/**
 * A part of the page that can go away. `PartFrame` stands around what is in it; `leave` asks about edits in it that were not
 * saved, and continues at once where there are none.
 */
export function usePartOfPage() {
  const outer = useContext(PartContext);
  const part = useMemo<Part>(() => ({ edits: new Set(), outer }), [outer]);
  return { PartFrame: PartContext, part, leave: (go: () => void) => void leavePart(part, go) };
}

async function leavePart(part: Part, go: () => void): Promise<void> {
  if (part.edits.size > 0) {
    if (!(await askToDiscard())) return;
    forget([...part.edits], part);
  }
  go();
}

const EditContext = createContext<() => void>(() => undefined);

/** Stands around the fields of a form, and calls `value` when one of them is edited without an event of the browser. */
export const EditFrame = EditContext.Provider;

/**
 * Adds to what a field does with a new value that its form takes note of the edit. For fields whose values are chosen or
 * dropped: what is typed or ticked has events of the browser, which the form notices.
 */
export function useNotedEdit<T extends unknown[]>(onEdit: (...values: T) => unknown): (...values: T) => void {
  const note = useContext(EditContext);
  return (...values) => {
    note();
    onEdit(...values);
  };
}

/** Whether the page has edits that were not saved. */
export const hasUnsavedEdits = (): boolean => page.edits.size > 0;

let isLeaving = false;

/** Runs what leaves a form after its change was accepted, or was given up: no question is put. */
export function leaveForm(run: () => void): void {
  isLeaving = true;
  try {
    run();
  } finally {
    isLeaving = false;
  }
}

/** Whether {@link leaveForm} is under way. */
export const isLeavingForm = (): boolean => isLeaving;

let answerQuestion: ((isDiscarded: boolean) => void) | undefined;
const listeners = new Set<() => void>();
const publish = (next: typeof answerQuestion) => {
  answerQuestion = next;
  for (const listener of listeners) listener();
};

/** For `useSyncExternalStore`: what answers the question that is open. */
export const discardQuestion = {
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  current: () => answerQuestion,
};

/** Asks whether edits are given up. One question is open at a time; others are answered with no. */
export function askToDiscard(): Promise<boolean> {
  if (answerQuestion) return Promise.resolve(false);
  return new Promise((resolve) => {
    publish((isDiscarded) => {
      publish(undefined);
      resolve(isDiscarded);
    });
  });
}
