import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from './button.tsx';

/** What was done, said in the corner for some seconds; longer where it can be taken back. */
export interface Notice {
  readonly title: string;
  readonly text?: string;
  readonly tone?: 'success' | 'problem' | 'progress';
  /** Takes back what was done. */
  readonly undo?: () => Promise<unknown>;
}

const seconds = { plain: 6, undo: 15 } as const;

/** As many notices as are shown at once: the newest, and one on a phone, where they would cover the page. */
const most = () => (matchMedia('(max-width: 600px)').matches ? 1 : 3);

let notices: readonly (Notice & { readonly id: number })[] = [];
let nextId = 0;
const listeners = new Set<() => void>();
const publish = (next: typeof notices) => {
  notices = next;
  for (const listener of listeners) listener();
};

/** Announces something; answers how to take the notice away. A notice of progress stays until then. */
export function notify(notice: Notice): () => void {
  const id = nextId++;
  const shortLived = notices.filter(({ tone }) => tone !== 'progress');
  const surplus = shortLived.slice(0, Math.max(0, shortLived.length + 1 - most()));
  publish([...notices.filter((item) => !surplus.includes(item)), { ...notice, id }]);
  return () => publish(notices.filter((item) => item.id !== id));
}

/** Where notices appear; there is one in the frame of the pages. */
export function Toasts() {
  const items = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
  return (
    <section className="toasts" aria-label="Notifications">
      <div role="status" className="toast-list">
        {items.map((item) => (
          <Toast key={item.id} notice={item} close={() => publish(notices.filter(({ id }) => id !== item.id))} />
        ))}
      </div>
    </section>
  );
}

function Toast({ notice, close }: { readonly notice: Notice; readonly close: () => void }) {
  const [isHeld, setHeld] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const { undo, tone = 'success' } = notice;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time begins when the notice appears, or is let go of.
  useEffect(() => {
    if (isHeld || isBusy || tone === 'progress') return;
    const timer = setTimeout(close, 1000 * (undo ? seconds.undo : seconds.plain));
    return () => clearTimeout(timer);
  }, [isHeld, isBusy]);
  const takeBack = async () => {
    setBusy(true);
    try {
      await undo?.();
      close();
      notify({ title: 'Undone', text: notice.title });
    } catch (problem) {
      close();
      const goOn = (problem as { readonly goOn?: () => Promise<unknown> }).goOn;
      const title = goOn ? 'Not everything was undone' : 'This could not be undone';
      notify({ title, text: (problem as Error).message, tone: 'problem', ...(goOn && { undo: goOn }) });
    }
  };
  return (
    <div className={`toast toast-${tone}`} onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}>
      <div className="toast-text">
        <strong>{notice.title}</strong>
        {notice.text && <span>{notice.text}</span>}
      </div>
      {undo && (
        <Button onPress={takeBack} isDisabled={isBusy}>
          Undo
        </Button>
      )}
      <Button kind="subtle" icon="close" label="Dismiss" onPress={close} />
    </div>
  );
}
