import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { serverNameOf } from '#core/host-name.ts';
import { refusalOf } from '../address-policy.ts';
import { AddressRefused, type AddressRules, guardedLookup, guardSocket } from '../http-client.ts';

/** A server that speaks another protocol than HTTP inside TLS. */
export interface TlsServer extends AddressRules {
  readonly host: string;
  readonly port: number;
  /** PEM of its roots; those of Node.js unless given. */
  readonly ca?: string | undefined;
  /** PEM of a certificate, and its key, with which we prove ourselves. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Opens a connection under the address policy, for as long as the signal lets it. @throws AddressRefused */
export function openTlsConnection(server: TlsServer, signal: AbortSignal): TLSSocket {
  const { host, port, ca, cert, key, ...rules } = server;
  const problem = refusalOf(host, rules.privateAddresses);
  if (problem !== undefined) throw new AddressRefused(problem);
  const socket = connect({
    ...{ host, port, lookup: guardedLookup(rules) },
    ...(ca === undefined ? {} : { ca }),
    ...(cert !== undefined && key !== undefined ? { cert, key } : {}),
    servername: serverNameOf(host),
  });
  guardSocket(socket as Socket, rules, signal);
  return socket;
}
