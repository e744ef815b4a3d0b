import type { OutboundProxy } from './proxy.ts';

/**
 * The outbound proxy cannot be reached, or refuses: nothing is known of the server behind it. The message names the proxy. There is no
 * `code`, which callers would take for one of that server.
 */
class ProxyFailed extends Error {
  constructor({ url }: OutboundProxy, problem: string, cause?: unknown) {
    super(`the outbound proxy ${url.origin} ${problem}`, { cause });
  }
}

/** No connection to the proxy came about. */
export function proxyUnreachable(proxy: OutboundProxy, cause: Error): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new ProxyFailed(proxy, `cannot be reached: ${code ?? message}`, cause);
}

/** The proxy refuses a request or a tunnel. 401 in place of 407 is what tinyproxy answers to a wrong password. */
export function proxyRefused(proxy: OutboundProxy, status: number): Error {
  const isUnproven = status === 401 || status === 407;
  const why = isUnproven ? ': it does not accept the user name and password of outboundProxy' : '';
  return new ProxyFailed(proxy, `answered ${status}${why}`);
}
