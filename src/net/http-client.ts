import { lookup as resolve } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { Agent, buildConnector, Client, fetch as fetchWith, type RequestInit } from 'undici';
import { type PrivateAddresses, refusalOf } from './address-policy.ts';
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
}

/** An HTTP client for addresses that others choose: a URL in a certificate, in a request or of an application. */
export interface HttpClient {
  /** Why nothing is sent to this http(s) URL, as far as the URL itself says; undefined when it may be tried. */
  refusalOf(url: URL): string | undefined;
  /** @throws AddressRefused; what the network reports */
  send(url: URL, request: HttpRequest): Promise<HttpAnswer>;
}

/**
 * Opens the client. Every connection belongs to one request, and the address that it dials is judged: after name
 * resolution, so that a name that changes its address between the check and the connection gains nothing.
 */
export function openHttpClient({ ca, ...rules }: HttpClientOptions): HttpClient {
  return {
    refusalOf: ({ hostname }) => refusalOf(hostname, rules.privateAddresses),
    async send(url, { method = 'GET', headers = {}, body = null, signal }) {
      signal.throwIfAborted();
      // The signal limits the time; undici's own limits would end a slow large download earlier.
      const connect = guardedConnector({ timeout: 0, ...(ca === undefined ? {} : { ca }) }, rules, signal);
      const client = new Client(url.origin, { connect, headersTimeout: 0, bodyTimeout: 0 });
      const end = () => void client.destroy();
      try {
        const path = url.pathname + url.search;
        const span = currentSpan();
        const traced = span ? { ...headers, traceparent: traceparentOf(span) } : headers;
        const answer = await client.request({ path, method, headers: traced, body, signal, reset: true });
        answer.body.on('error', ignore).once('close', end);
        return { status: answer.statusCode, headers: answer.headers, body: answer.body };
      } catch (thrown) {
        end();
        throw thrown;
      }
    },
  };
}

/** A body that is no longer read may still fail; its reader receives the error all the same. */
const ignore = () => undefined;

/**
 * `fetch` under the address policy, for libraries that bring their own requests. A redirect is dialled like any other
 * address. @throws TypeError with AddressRefused as its cause
 */
export function openFetch(options: HttpClientOptions): typeof globalThis.fetch {
  const { ca, ...rules } = options;
  const connect = guardedConnector(ca === undefined ? {} : { ca }, rules, undefined);
  return fetchThrough(new Agent({ connect, pipelining: 0 }));
}

/** A server whose address the caller knows, whatever name the URL carries. */
export interface PinnedServer {
  readonly host: string;
  readonly port?: number;
}

export interface PinnedOptions {
  /** Where to connect for this host name; the name itself when undefined. */
  readonly serverOf: (hostname: string) => PinnedServer | undefined;
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly secureContext?: SecureContext;
    /** False accepts every certificate of the server. */
    readonly rejectUnauthorized?: boolean;
  };
  /** Connections kept at once for one origin. */
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Connections to servers of our own, used again as long as the server keeps them; no TLS session is resumed, so each
 * new connection shows its certificate anew.
 */
export function openPinnedAgent({ serverOf, tls, connections, seconds }: PinnedOptions): Agent {
  const timeout = seconds * 1000;
  const dial = guardedConnector({ ...tls, maxCachedSessions: 0, timeout }, { privateAddresses: 'allow' }, undefined);
  const connect: buildConnector.connector = (options, callback) => {
    const { host, port } = serverOf(options.hostname) ?? {};
    return dial(
      {
        ...options,
        servername: options.servername ?? options.hostname,
        ...(host === undefined ? {} : { hostname: host }),
        ...(port === undefined ? {} : { port: String(port) }),
      },
      callback,
    );
  };
  return new Agent({ connect, connections, headersTimeout: timeout, bodyTimeout: timeout });
}

/** `fetch` over an agent. Types of undici and of the platform differ in name only. */
export function fetchThrough(dispatcher: Agent): typeof globalThis.fetch {
  return (async (input: string | URL | Request, init?: globalThis.RequestInit & { dispatcher?: unknown }) => {
    const { dispatcher: _, ...rest } = init ?? {};
    const target = input instanceof Request ? new Request(input, rest) : undefined;
    if (!target) return fetchWith(input as string | URL, { ...(rest as RequestInit), dispatcher });
    const { method, headers, redirect, signal } = target;
    const body = target.body === null ? null : await target.arrayBuffer();
    return fetchWith(target.url, { method, headers: [...headers], redirect, signal, body, dispatcher });
  }) as typeof globalThis.fetch;
}

/** Connects as undici does, but only to addresses that the rules permit. */
function guardedConnector(
  options: buildConnector.BuildOptions & { secureContext?: SecureContext },
  rules: AddressRules,
  signal: AbortSignal | undefined,
): buildConnector.connector {
  const connect = buildConnector({ ...options, lookup: guardedLookup(rules) } as buildConnector.BuildOptions);
  return (target, callback) => {
    const problem = refusalOf(target.hostname, rules.privateAddresses);
    if (problem !== undefined) return callback(new AddressRefused(problem), null);
    const socket = (connect as (...words: Parameters<typeof connect>) => unknown)(target, callback) as Socket;
    guardSocket(socket, rules, signal);
  };
}

/**
 * Judges the address that a socket really reached, which no resolver can talk it out of, and destroys the socket when the
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
