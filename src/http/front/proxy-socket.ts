import { accessSync, chmodSync, constants, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import { fileProblemText } from '#core/trace/reasons/file-problem.ts';
import type { Listener } from './requests.ts';

/** Connections that came through the socket. */
const proxySockets = new WeakSet<Socket>();

/** Milliseconds without a request: proxies keep a connection for a minute, and one that sends as it ends would answer 502. */
const keepAliveTimeout = 95_000;

/** Did this connection come through the Unix socket that only a configured proxy may open? */
export const isProxySocket = (socket: Socket): boolean => proxySockets.has(socket);

/**
 * The Unix socket of a reverse proxy on the same computer: plain HTTP for the certauth host, whose headers are believed.
 * The rights of the file decide who may open it: its owner and its group.
 */
export class ProxySocket {
  readonly #path: string;
  readonly #server: Server;
  readonly #isOneOfSeveral: boolean;

  /** @param isOneOfSeveral other processes listen at the path too, and their parent has removed what was there */
  constructor(path: string, listener: Listener, isOneOfSeveral = false) {
    this.#path = path;
    this.#isOneOfSeveral = isOneOfSeveral;
    this.#server = createServer(
      { maxHeaderSize: 16 * 1024, headersTimeout: 20_000, requestTimeout: 60_000, keepAliveTimeout },
      listener,
    );
    this.#server.on('connection', (socket) => proxySockets.add(socket));
  }

  /** @throws settingInvalid for a path where something else is, or where no socket can be made */
  async listen(): Promise<void> {
    if (!this.#isOneOfSeveral) removeStaleSocket(this.#path);
    await new Promise<void>((resolve, reject) => {
      const failure = (problem: Error) => reject(invalid(problem.message, problem));
      this.#server.once('error', failure);
      this.#server.listen(this.#path, () => {
        this.#server.off('error', failure);
        resolve();
      });
    });
    this.#restrict();
  }

  /** The headers of every request that comes through the socket are believed, so no further account may open it. */
  #restrict(): void {
    try {
      chmodSync(this.#path, 0o660);
    } catch (problem) {
      this.#server.close();
      throw invalid((problem as Error).message, problem as Error);
    }
  }

  async close(): Promise<void> {
    this.#server.closeIdleConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }
}

/** A server that was killed leaves its socket behind. @throws settingInvalid as {@link checkSocketPath} */
export function removeStaleSocket(path: string): void {
  if (checkSocketPath(path)) unlinkSync(path);
}

/**
 * Whether there is a socket, of this server or of one before it.
 * @throws settingInvalid for a path where something else is, and for a folder in which this user cannot make a socket
 */
export function checkSocketPath(path: string): boolean {
  const folder = dirname(path);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (!status || status.isSocket()) return status !== undefined;
  } catch (problem) {
    const text = fileProblemText((problem as Error).message);
    throw invalid(`the folder ${folder} cannot be used: ${text}`, problem as Error);
  }
  throw invalid(`${path} exists and is not a socket`);
}

const invalid = (problem: string, cause?: Error) =>
  fault('settingInvalid', { setting: 'certificateProxySocket', problem }, cause);
