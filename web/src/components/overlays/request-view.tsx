import { useState } from 'react';
import { graphUrl } from '../../graph/client.ts';
import type { GraphChange } from '../../graph/series.ts';
import { JsonBox } from './json-box.tsx';

/** The requests that a form or a dialog sends, as Microsoft Graph sees them. They are hidden until they are wanted. */
export function RequestView({ requests }: { readonly requests: readonly GraphChange[] | undefined }) {
  const [isOpen, setOpen] = useState(false);
  if (!requests || requests.length === 0) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Request to Microsoft Graph</summary>
      {isOpen &&
        requests.map(({ method, path, body }) => (
          <div key={`${method} ${path} ${JSON.stringify(body)}`} className="stack">
            <code className="break">
              {method} {graphUrl(path)}
            </code>
            {body !== undefined && <JsonBox value={body} label="request" />}
          </div>
        ))}
    </details>
  );
}
