import { fetchThrough, openPinnedAgent, type PinnedServer } from '../net/http-client.ts';

/**
 * `fetch` for an HTTPS server that our process runs itself: it trusts that server's certificate and nothing else, and
 * connects to `connect` whatever name the URL carries, so that names only browsers resolve (`*.localhost`) work as well.
 */
export function ownFetch(trust: { readonly ca: string; readonly connect: PinnedServer }): typeof fetch {
  const { ca, connect } = trust;
  return fetchThrough(openPinnedAgent({ serverOf: () => connect, tls: { ca }, connections: 4, seconds: 10 }));
}
