import { fetchThrough } from '#net/http-client.ts';
import { openPinnedAgent, type PinnedServer } from '#net/outbound/pinned-agent.ts';

/**
 * `fetch` for an HTTPS server that our process runs itself: it trusts that server's certificate and nothing else, and
 * connects to `connect` whatever name the URL carries, so that names only browsers resolve (`*.localhost`) work as well.
 */
export function pinnedFetch(trust: {
  /** Read for each request: the certificate of a running server may be replaced. */
  ca(): string;
  readonly connect: PinnedServer;
}): typeof fetch {
  let current: { readonly ca: string; readonly fetch: typeof fetch } | undefined;
  return (input, init) => {
    const ca = trust.ca();
    if (current?.ca !== ca) {
      const agent = openPinnedAgent({ serverOf: () => trust.connect, tls: { ca }, connections: 4, seconds: 10 });
      current = { ca, fetch: fetchThrough(agent) };
    }
    return current.fetch(input, init);
  };
}
