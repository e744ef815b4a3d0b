import { Button } from '../button.tsx';
import { notify } from '../toasts.tsx';

/** JSON in a box that scrolls, with a button that copies it. */
export function JsonBox({ value, label = 'JSON' }: { readonly value: unknown; readonly label?: string }) {
  const text = JSON.stringify(value, null, 2) ?? '';
  return (
    <div className="json">
      <Button kind="subtle" icon="copy" label={`Copy ${label}`} onPress={() => copy(text)} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard. */}
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
    </div>
  );
}

/** Puts a text on the clipboard and says so. */
export async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  notify({ title: 'Copied' });
}
