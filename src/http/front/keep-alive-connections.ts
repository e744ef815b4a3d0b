import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds that a connection without a request is kept although answers name a shorter time: longer than the pools of programs keep one (90 s). */
const usualPatience = 95_000;

/** A part of the connections that may be open: where there are more, none is kept longer than answers say. */
export const crowdedPart = 1 / 8;

export interface KeepAliveOptions {
  /** Connections of this server at once. */
  readonly most: number;
  /** Whether the source of a connection has many of those that it may have. */
  isCrowded(socket: Socket): boolean;
  /** Default: {@link usualPatience}. */
  readonly milliseconds?: number | undefined;
}

/**
 * The connections of a server, with how many requests each has under way. Those that have none end with a close_notify (RFC 8446 §6.1): Node destroys them, and a
 * client that was about to use such a connection could not tell its end from an attack. A program that does not heed `Keep-Alive: timeout=` would
 * send a request on a connection that is just ending, so Cardea keeps it longer than such programs do, where there are not many.
 */
export class KeepAliveConnections {
  readonly #options: KeepAliveOptions;
  /** Undefined: nothing has come yet. */
  readonly #underWay = new Map<Socket, number | undefined>();

  constructor(server: Server, options: KeepAliveOptions) {
    this.#options = options;
    server.on('secureConnection', (socket: Socket) => {
      this.#underWay.set(socket, undefined);
      socket.once('close', () => this.#underWay.delete(socket));
    });
    server.on('timeout', sayGoodbye); // without a listener Node destroys it
  }

  /**
   * Counts a request. Answers false where its connection has ended for this side: an answer would reach no client, so nothing may be done, and the client
   * may send it again.
   */
  begins({ socket }: IncomingMessage, res: ServerResponse): boolean {
    if (socket.writableEnded) {
      socket.destroy();
      return false;
    }
    this.#underWay.set(socket, (this.#underWay.get(socket) ?? 0) + 1);
    res.once('finish', () => this.#keep(socket));
    res.once('close', () => {
      const count = this.#underWay.get(socket);
      if (count !== undefined) this.#underWay.set(socket, count - 1);
    });
    return true;
  }

  /** Ends the connections that have answered a request and have none under way. */
  endIdle(): void {
    for (const [socket, count] of this.#underWay) if (count === 0) sayGoodbye(socket);
  }

  /** Ends those, too, on which nothing has come. */
  endWaiting(): void {
    for (const [socket, count] of this.#underWay) if (!count) sayGoodbye(socket);
  }

  #keep(socket: Socket): void {
    const { most, isCrowded, milliseconds = usualPatience } = this.#options;
    if (this.#underWay.size <= most * crowdedPart && !isCrowded(socket)) socket.setTimeout(milliseconds);
  }
}

const sayGoodbye = (socket: Socket): void => socket.destroySoon();
