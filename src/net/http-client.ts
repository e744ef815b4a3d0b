import { lookup as resolve } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Agent, buildConnector, RequestInit } from 'undici';
import { serverNameOf, socketHost, urlHost } from '#core/host-name.ts';
import { type PrivateAddresses, refusalOf } from './address-policy.ts';
import type { OutboundProxy } from './outbound/proxy.ts';
import { proxyRefused, proxyUnreachable } from './outbound/proxy-failure.ts';
import { undici } from './outbound/undici.ts';
import { currentSpan, traceparentOf } from './trace-context.ts';

/** Ends a connection to an address that the address policy refuses. The message names the address and its kind. */
export class AddressRefused extends Error {}

/** Answers a name with its addresses, as dns.lookup does. */
export type Resolver = (
  name: string,
  options: { readonly all: true; readonly family?: number | 'IPv4' | 'IPv6' | undefined },
  callback: (
    error: NodeJS.ErrnoException | null,
    addresses: readonly { readonly address: string; readonly family: number }[],
  ) => void,
) => void;

/** Which servers may be reached. */
export interface AddressRules {
  readonly privateAddresses: PrivateAddresses;
  /** Name resolution; the system's unless given. */
  readonly resolver?: Resolver | undefined;
  /** Through which requests leave; they are sent directly where it is absent, or makes an exception of the host. */
  readonly proxy?: OutboundProxy | undefined;
}

export interface HttpClientOptions extends AddressRules {
  /** PEM of the roots for https; those of Node.js unless given. */
  readonly ca?: string | undefined;
}

/** One request. No redirect is followed. */
export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Ends the request, and the connection with it, in every phase. */
  readonly signal: AbortSignal;
}

/** The head of an answer. The body is undecoded and is read, or destroyed, by the caller. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  /** The address of the proxy that answered, on behalf of the server or by itself. */
  readonly proxy?: string;
}

/** The status of an answer, and the proxy that may have given it, for the description of a problem. */
export const statusText = ({ status, proxy }: HttpAnswer): string =>
  `HTTP status ${status}${proxy === undefined ? '' : `, through the outbound proxy ${proxy}`}`;

/** An HTTP client for addresses that others choose: a URL in a certificate, in a request or of an application. */
export interface HttpClient {
  /** Why nothing is sent to this http(s) URL, as far as the URL itself says; undefined when it may be tried. */
  refusalOf(url: URL): string | undefined;
  /** @throws AddressRefused; a failure of the proxy; what the network reports */
  send(url: URL, request: HttpRequest): Promise<HttpAnswer>;
}

/**
 * Opens the client. Every connection belongs to one request, and the address that it dials is checked: after name
 * resolution, so that a name that changes its address between the check and the connection gains nothing.
 */
export function openHttpClient({ ca, ...rules }: HttpClientOptions): HttpClient {
  return {
    refusalOf: ({ hostname }) => refusalOf(hostname, rules.privateAddresses),
    async send(url, { method = 'GET', headers = {}, body = null, signal }) {
      signal.throwIfAborted();
      // The signal limits the time; undici's own limits would end a slow large download earlier.
      const options = { timeout: 0, ...(ca === undefined ? {} : { ca }) };
      const way = await wayTo(url, options, rules, signal);
      const client = new (undici().Client)(way.origin, { connect: way.connect, headersTimeout: 0, bodyTimeout: 0 });
      const end = () => void client.destroy();
      try {
        const span = currentSpan();
        const more = { ...way.headers, ...(span ? { traceparent: traceparentOf(span) } : {}) };
        const request = { path: way.path, method, headers: { ...headers, ...more }, body, signal, reset: true };
        const answer = await client.request(request);
        answer.body.on('error', ignore).once('close', end);
        if (way.proxy && answer.statusCode === 407) throw proxyRefused(way.proxy, answer.statusCode);
        const through = way.proxy ? { proxy: way.proxy.url.origin } : {};
        return { status: answer.statusCode, headers: answer.headers, body: answer.body, ...through };
      } catch (thrown) {
        end();
        throw thrown;
      }
    },
  };
}

/** How a request is sent: to which server, with which path and further headers. */
interface Way {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connect: buildConnector.connector;
  /** The proxy that answers the request itself. */
  readonly proxy?: OutboundProxy;
}

/**
 * The way to a URL. A proxy dials for us: the addresses that the name has here are checked first, and a name that has none here is
 * checked by the proxy. Plain http is asked of the proxy by the whole URL, https through a tunnel (RFC 9110 §7.1, §9.3.6).
 * @throws AddressRefused
 */
async function wayTo(
  url: URL,
  options: Parameters<typeof guardedConnector>[0],
  rules: AddressRules,
  signal: AbortSignal,
): Promise<Way> {
  const { proxy } = rules;
  const path = url.pathname + url.search;
  if (!proxy || proxy.isExcepted(url.hostname) || url.protocol === 'https:')
    return { origin: url.origin, path, headers: {}, connect: guardedConnector(options, rules, signal) };
  const problem = await refusalOfHost(url.hostname, rules);
  if (problem !== undefined) throw new AddressRefused(problem);
  return {
    origin: proxy.url.origin,
    path: `${url.origin}${path}`,
    headers: { host: url.host, ...authorizationOf(proxy) },
    connect: proxyConnector(proxy, signal),
    proxy,
  };
}

const authorizationOf = ({ authorization }: OutboundProxy): Record<string, string> =>
  authorization === undefined ? {} : { 'proxy-authorization': authorization };

/**
 * Connects to the proxy itself, which the operator has named: private addresses are where it usually is. Its certificate must name the proxy: undici
 * takes the name from the header Host, which has the server behind the proxy.
 */
function proxyConnector(proxy: OutboundProxy, signal: AbortSignal | undefined): buildConnector.connector {
  const connect = guardedConnector({ timeout: 10_000 }, { privateAddresses: 'allow' }, signal);
  const servername = serverNameOf(socketHost(proxy.url.hostname));
  return (target, callback) =>
    connect({ ...target, servername }, (problem, socket) => {
      if (!problem) return callback(null, socket);
      callback(signal?.aborted ? problem : proxyUnreachable(proxy, problem), null);
    });
}

/** Opens a tunnel through the proxy. @throws a failure of the proxy, or what the network reports */
async function tunnelTo(
  { hostname, port }: { readonly hostname: string; readonly port: string },
  proxy: OutboundProxy,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  const client = new (undici().Client)(proxy.url.origin, { connect: proxyConnector(proxy, signal) });
  const answer = await client.connect({
    path: `${urlHost(hostname)}:${port || 443}`,
    headers: authorizationOf(proxy),
    ...(signal ? { signal } : {}),
  });
  if (answer.statusCode >= 200 && answer.statusCode < 300) return answer.socket as Socket;
  answer.socket.destroy();
  throw proxyRefused(proxy, answer.statusCode);
}

/** A body that is no longer read may still fail; its reader receives the error anyway. */
const ignore = () => undefined;

/**
 * `fetch` under the address policy, for libraries that bring their own requests. A redirect is dialled like any other
 * address. @throws TypeError with AddressRefused as its cause
 */
export function openFetch(options: HttpClientOptions): typeof globalThis.fetch {
  const { ca, ...rules } = options;
  let fetchOf: typeof globalThis.fetch | undefined;
  return (...request) => {
    fetchOf ??= fetchThrough(
      new (undici().Agent)({
        connect: guardedConnector(ca === undefined ? {} : { ca }, rules, undefined),
        pipelining: 0,
      }),
    );
    return fetchOf(...request);
  };
}

/** `fetch` over an agent. Types of undici and of the platform differ in name only. */
export function fetchThrough(dispatcher: Agent): typeof globalThis.fetch {
  return (async (input: string | URL | Request, init?: globalThis.RequestInit & { dispatcher?: unknown }) => {
    const { dispatcher: _, ...rest } = init ?? {};
    const target = input instanceof Request ? new Request(input, rest) : undefined;
    if (!target) return undici().fetch(input as string | URL, { ...(rest as RequestInit), dispatcher });
    const { method, headers, redirect, signal } = target;
    const body = target.body === null ? null : await target.arrayBuffer();
    return undici().fetch(target.url, { method, headers: [...headers], redirect, signal, body, dispatcher });
  }) as typeof globalThis.fetch;
}

/** Connects as undici does, but only to addresses that the rules permit. */
export function guardedConnector(
  options: buildConnector.BuildOptions & { secureContext?: SecureContext },
  rules: AddressRules,
  signal: AbortSignal | undefined,
): buildConnector.connector {
  const connect = undici().buildConnector({ ...options, lookup: guardedLookup(rules) } as buildConnector.BuildOptions);
  return (target, callback) => {
    const problem = refusalOf(target.hostname, rules.privateAddresses);
    if (problem !== undefined) return callback(new AddressRefused(problem), null);
    const { proxy } = rules;
    if (proxy && target.protocol === 'https:' && !proxy.isExcepted(target.hostname)) {
      throughTunnel(target, proxy, rules, signal).then(
        (httpSocket) => connect({ ...target, httpSocket }, callback),
        (thrown: Error) => callback(thrown, null),
      );
      return;
    }
    const socket = (connect as (...words: Parameters<typeof connect>) => unknown)(target, callback) as Socket;
    guardSocket(socket, rules, signal);
  };
}

/** The names of the target are checked as in {@link wayTo}. @throws AddressRefused */
async function throughTunnel(
  target: buildConnector.Options,
  proxy: OutboundProxy,
  rules: AddressRules,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  const problem = await refusalOfHost(target.hostname, rules);
  if (problem !== undefined) throw new AddressRefused(problem);
  return tunnelTo(target, proxy, signal);
}

/**
 * Checks the address that a socket really reached, which no resolver can talk it out of, and destroys the socket when the
 * signal is aborted.
 */
export function guardSocket(socket: Socket, { privateAddresses }: AddressRules, signal: AbortSignal | undefined): void {
  socket.prependOnceListener('connect', () => {
    const problem = refusalOf(socket.remoteAddress ?? '', privateAddresses);
    if (problem !== undefined) socket.destroy(new AddressRefused(problem));
  });
  if (!signal) return;
  const abort = () => {
    socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', abort));
}

/**
 * Name resolution that leaves out refused addresses, so that a connection is made to those that were checked. An address
 * written as a number never gets here: see {@link refusalOf}.
 */
export function guardedLookup({ privateAddresses, resolver = resolve as Resolver }: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    resolver(hostname, { family: options.family, ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const allowedValues = addresses.filter(({ address }) => refusalOf(address, privateAddresses) === undefined);
      const [first] = allowedValues;
      if (!first) return callback(refusedAddress(hostname, addresses[0]?.address, privateAddresses), '', 0);
      if (options.all) return callback(null, [...allowedValues]);
      callback(null, first.address, first.family);
    });
  };
}

function refusedAddress(name: string, address: string | undefined, rule: PrivateAddresses): AddressRefused {
  return new AddressRefused(address === undefined ? `${name} has no address` : refusalOf(address, rule));
}

/**
 * Why this host is refused once its name is resolved; undefined when a connection may be tried. A name that cannot be
 * resolved is not refused here: the connection reports it.
 */
export async function refusalOfHost(host: string, rules: AddressRules): Promise<string | undefined> {
  const literal = refusalOf(host, rules.privateAddresses);
  if (literal !== undefined) return literal;
  return new Promise((done) => {
    guardedLookup(rules)(host, { all: true }, (error) =>
      done(error instanceof AddressRefused ? error.message : undefined),
    );
  });
}
