import { useState } from 'react';
import { graphUrl } from '../../graph/client.ts';
import { useGraph } from '../../graph/queries.ts';
import { Button } from '../button.tsx';
import { ErrorState, Loading } from '../states.tsx';
import { SidePanel } from './dialog.tsx';
import { JsonBox } from './json-box.tsx';

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
