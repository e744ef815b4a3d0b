import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Client, InvalidCredentialsError, ResultCodeError } from 'ldapts';
import { serverNameOf, socketHost } from '#core/host-name.ts';
import { fault } from '#core/trace/fault.ts';
import { AddressRefused, type AddressRules, guardedLookup, guardSocket, refusalOfHost } from '#net/http-client.ts';

/** What a domain controller may cost. */
export const connectionLimits = {
  /** Milliseconds for TCP and TLS. */
  connect: 10_000,
  /** Milliseconds for one answer: a page. */
  answer: 120_000,
  /** Octets that come between two requests: a page of entries. */
  answerOctets: 64 * 1024 * 1024,
  /** Entries of one page. Active Directory gives a thousand at most. */
  pageEntries: 500,
};

export interface ConnectionOptions {
  /** `ldaps://host[:port]`, or `ldap://host[:port]` for StartTLS. */
  readonly server: string;
  readonly account: string;
  readonly password: string;
  /** PEM of the CAs; those of Node.js when undefined. */
  readonly ca: string | undefined;
  readonly rules: AddressRules;
  readonly limits?: typeof connectionLimits;
  /** Ends the connection in every phase. */
  readonly signal: AbortSignal;
}

/** A connection to a domain controller, bound as the account. Every octet travels in TLS. */
export interface Connection {
  readonly client: Client;
  /** Requests so far. */
  readonly count: { requests: number };
  /** Entries of one page. */
  readonly pageEntries: number;
  close(): Promise<void>;
}

/**
 * Connects and binds. The address is checked by the address policy, after name resolution as well.
 * @throws syncServerUnreachable, syncSignInRefused
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { server, account, password, ca } = options;
  const { hostname, protocol } = new URL(server);
  const host = socketHost(hostname);
  const refusal = await refusalOfHost(host, options.rules);
  if (refusal !== undefined) throw fault('syncServerUnreachable', { server, problem: refusal });
  const count = { requests: 0 };
  const tls = { servername: serverNameOf(host), host, ...(ca === undefined ? {} : { ca }) };
  const client = clientOf(options, count, tls);
  try {
    if (protocol === 'ldap:') {
      count.requests += 1;
      await client.startTLS(tls);
    }
    count.requests += 1;
    await client.bind(account, password);
  } catch (problem) {
    await client.unbind().catch(() => undefined);
    if (problem instanceof InvalidCredentialsError)
      throw fault('syncSignInRefused', { server, account, problem: firstLine(problem) }, problem);
    throw fault('syncServerUnreachable', { server, problem: firstLine(problem) }, problem);
  }
  const { pageEntries } = options.limits ?? connectionLimits;
  return { client, count, pageEntries, close: () => client.unbind().catch(() => undefined) };
}

/** What an error of the network or of the server says, in one line and without secrets. */
export function firstLine(problem: unknown): string {
  const inner = problem instanceof AggregateError ? problem.errors[0] : problem;
  if (inner instanceof AddressRefused) return inner.message;
  const code = inner instanceof ResultCodeError ? `result code ${inner.code}: ` : '';
  return `${code}${inner instanceof Error ? (inner.message.split('\n')[0] ?? '') : String(inner)}`.slice(0, 300);
}

function clientOf(
  { server, rules, limits = connectionLimits, signal }: ConnectionOptions,
  count: Connection['count'],
  tls: object,
) {
  const lookup = guardedLookup(rules);
  const guard = <S extends Socket>(socket: S): S => {
    guardSocket(socket, rules, signal);
    limitAnswers(socket, limits.answerOctets, count);
    return socket;
  };
  const plain = (port: number, host: string) => guard(connectTcp({ port, host, lookup }));
  // The second way to call it is the one of startTLS, on a socket that is guarded already.
  const secure = (...words: [number, string, object] | [{ socket: Socket }]): TLSSocket =>
    words.length === 1
      ? connectTls({ ...words[0], ...tls })
      : guard(connectTls({ port: words[0], ...tls, host: words[1], lookup }));
  return new Client({
    url: server,
    timeout: limits.answer,
    connectTimeout: limits.connect,
    strictDN: false,
    createConnection: plain as never,
    createSecureConnection: secure as never,
  });
}

/** Ends a connection whose answer to one request grows beyond the limit. */
function limitAnswers(socket: Socket, most: number, count: Connection['count']): void {
  let [request, octets] = [0, 0];
  socket.on('data', (chunk: Buffer) => {
    if (request !== count.requests) [request, octets] = [count.requests, 0];
    octets += chunk.length;
    if (octets > most) socket.destroy(new Error(`an answer has more than ${most} octets`));
  });
}
