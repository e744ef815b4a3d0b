import { useRef, useState } from 'react';
import { useUnsavedEdits } from './unsaved.ts';

/** What a change tells a draft: when it begins, when Graph has accepted it, and when the new state was read. */
export interface DraftEvents {
  readonly onSend: () => void;
  readonly onSaved: () => void;
  readonly onRead: () => void;
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The edits that differ from an object. */
const differences = <T extends object>(edits: Partial<T>, original: Partial<T>): Partial<T> =>
  Object.fromEntries(
    Object.entries(edits).filter(([name, value]) => !isEqual(value, original[name as keyof T])),
  ) as Partial<T>;

/**
 * A draft of an object: what was read, with the edits of the user on top.
 *
 * The draft stays with the state that it was begun on while it has edits, whatever is read meanwhile: a change is sent with
 * the ETag of that state, so that Graph refuses it where another administrator changed the object. It continues with a newer
 * state where nothing is edited, where nothing differs in what the form shows, and after the change of this form was
 * accepted; edits that were made after the change was sent stay. Edits that were not saved are not lost without a question
 * (`unsaved.ts`). Give it to `useChange` or `useSignInChange` as `draft`, and to `Form`.
 * @param current what was read last
 * @param etag of what was read last; without one, the draft stands on `current`
 */
export function useDraft<T extends object>(current: T, etag?: string) {
  const [base, setBase] = useState({ original: current, etag });
  const [edits, setEdits] = useState<Partial<T>>({});
  const [savedEdits, setSavedEdits] = useState<Partial<T>>();
  const sentEdits = useRef<Partial<T>>({});
  const original = etag === undefined ? current : base.original;
  const changes = differences(edits, original);
  const isChanged = Object.keys(changes).length > 0;
  useUnsavedEdits(Object.keys(differences(changes, savedEdits ?? {})).length > 0);
  if (etag !== base.etag && (!isChanged || savedEdits || isEqual(current, base.original))) {
    setBase({ original: current, etag });
    setEdits(isChanged ? differences(edits, savedEdits ?? {}) : {});
    setSavedEdits(undefined);
  }
  const events: DraftEvents = {
    onSend: () => {
      sentEdits.current = edits;
    },
    onSaved: () => setSavedEdits(sentEdits.current),
    onRead: () => {
      setEdits((before) => differences(before, sentEdits.current));
      setSavedEdits(undefined);
    },
  };
  return {
    /** The state that the draft was begun on. */
    original,
    draft: { ...original, ...edits } as T,
    /** What differs from the original: the body of a PATCH. */
    changes,
    isChanged,
    /** The ETag of the state that the draft was begun on. */
    etag: etag === undefined ? undefined : base.etag,
    set: (next: Partial<T>) => setEdits((before) => ({ ...before, ...next })),
    reset: () => setEdits({}),
    events,
  };
}
