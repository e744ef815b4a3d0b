import { useState } from 'react';
import { graphUrl } from '../../graph/client.ts';
import { useGraph } from '../../graph/queries.ts';
import { Button } from '../button.tsx';
import { ErrorState, Loading } from '../states.tsx';
import { notify } from '../toasts.tsx';
import { SidePanel } from './dialog.tsx';

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

/** A button that shows an object as Graph answers it, with the request. */
export function JsonButton({ path }: { readonly path: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button kind="subtle" icon="code" onPress={() => setOpen(true)}>
        View JSON
      </Button>
      <SidePanel title="As Microsoft Graph returns it" isOpen={isOpen} onClose={() => setOpen(false)} isWide>
        {isOpen && <GraphJson path={path} />}
      </SidePanel>
    </>
  );
}

function GraphJson({ path }: { readonly path: string }) {
  const query = useGraph<unknown>(path);
  return (
    <>
      <p className="faint">
        <code className="break">GET {graphUrl(path).replaceAll('%2C', ',').replaceAll('%20', ' ')}</code>
      </p>
      {query.isPending && <Loading />}
      {query.error && <ErrorState problem={query.error} retry={query.refetch} />}
      {query.data !== undefined && <JsonBox value={query.data} />}
    </>
  );
}
