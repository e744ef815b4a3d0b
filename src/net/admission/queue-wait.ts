/** Where something waits before it is served: a sign-in for a place, a request for its source's turn, a connection for its TLS handshake. */
export type Queue = 'sign_in' | 'source' | 'handshake';

/** Is called with the milliseconds that something has waited, when its turn comes. */
export type OnWait = (queue: Queue, milliseconds: number) => void;

/**
 * Enters a queue and reports how long the wait was. What begins at once, or never, is not reported.
 * @param enter calls its argument at once, later, or not at all
 */
export function enterQueue<T>(
  queue: Queue,
  enter: (begin: () => void) => T,
  begin: () => void,
  onWait: OnWait = () => undefined,
): T {
  const start = performance.now();
  let isAtOnce = true;
  const entry = enter(() => {
    if (!isAtOnce) onWait(queue, performance.now() - start);
    begin();
  });
  isAtOnce = false;
  return entry;
}
