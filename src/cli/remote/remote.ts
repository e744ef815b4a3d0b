import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { jsonShapeProblem } from '#net/bodies.ts';
import { readJson, requireJson } from '#schema/json.ts';
import type { Output } from '../command.ts';
import { exposureOf } from '../device/state/state-folder.ts';
import type { Files } from '../input/files.ts';
import { filesOfClient, removeLeftOutgoing } from './files-of-client.ts';
import {
  answerFrame,
  type CommandRequest,
  commandRequest,
  type FileAnswer,
  type FileRequest,
  type Frame,
  longestFrame,
  reply,
} from './frames.ts';
import { OfferedFiles } from './offered-files.ts';
import { type OtherUser, otherUserAt } from './out-of-reach.ts';

/** Most commands that run side by side. A further one is closed at once. */
const mostCommands = 64;

/** Executes a command for a client, whose files are the only ones that the command line names. */
type RunCommand = (words: readonly string[], output: Output, files: Files) => Promise<number>;

/**
 * Lets command lines of the same user ask the process that holds the data folder. Who may open the socket (mode 0600 in
 * a folder of mode 0700) may read the database as well. @throws commandSocketExposed where the socket would be in a folder of others
 */
export async function serveCommands(
  folder: string,
  run: RunCommand,
  setMode = chmodSync,
): Promise<{ close(): Promise<void> }> {
  const running = new Set<Socket>();
  const idle = new Set<Socket>();
  const server = createServer((socket) => {
    idle.add(socket);
    socket.once('close', () => {
      for (const sockets of [running, idle]) sockets.delete(socket);
    });
    const client = clientAt(socket, folder);
    void answer(client, (words, output, files) => {
      idle.delete(socket);
      running.add(socket);
      return run(words, output, files);
    });
  });
  server.maxConnections = mostCommands;
  removeLeftOutgoing(folder);
  await listen(server, folder, setMode);
  return { close: () => closing(server, idle, running) };
}

/**
 * Listens in the data folder, or in the temporary folder where the file system of the data folder takes no sockets (exFAT, SMB) or
 * no modes of them.
 */
async function listen(server: Server, folder: string, setMode: typeof chmodSync): Promise<void> {
  if (process.platform === 'win32') return listenAt(server, pipeOf(folder));
  const [path, furtherPath] = socketPaths(folder);
  try {
    if (path !== undefined) return await listenAtFile(server, path, setMode);
  } catch {
    // Then there.
  }
  const further = temporaryFolder();
  mkdirSync(further, { recursive: true, mode: 0o700 });
  const problem = exposureOf(lstatSync(further), 'directory', process.getuid?.());
  if (problem !== undefined) throw fault('commandSocketExposed', { folder: further, problem });
  await listenAtFile(server, furtherPath, setMode);
}

/** Where the socket cannot have its mode, the server no longer listens, so that it can do so at another path. */
async function listenAtFile(server: Server, path: string, setMode: typeof chmodSync): Promise<void> {
  rmSync(path, { force: true }); // stale: the lock of the database shows that no other process serves this folder
  await listenAt(server, path);
  try {
    setMode(path, 0o600);
  } catch (problem) {
    await new Promise<void>((done) => server.close(() => done()));
    throw problem;
  }
}

function listenAt(server: Server, path: string): Promise<void> {
  return new Promise((ready, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      ready();
    });
  });
}

/** Milliseconds that commands under way have to finish when the server stops. */
const commandPatience = 10_000;

/** Stops accepting. A connection that asks for nothing is closed at once, one whose command runs after that time. */
async function closing(server: Server, idle: ReadonlySet<Socket>, running: ReadonlySet<Socket>): Promise<void> {
  const serverClosed = new Promise<void>((done) => server.close(() => done()));
  for (const socket of idle) socket.destroy();
  const timer = setTimeout(() => {
    for (const socket of running) socket.destroy();
  }, commandPatience);
  await serverClosed;
  clearTimeout(timer);
}

/** The process of a command, as the server sees it. */
interface Client {
  /** The first line. Rejects where the client has gone. */
  readonly request: Promise<string>;
  readonly files: Files;
  send(frame: Frame): void;
  end(): void;
  destroy(): void;
}

/** Each further line of the client answers a question; a line that answers none ends the connection. */
function clientAt(socket: Socket, folder: string): Client {
  const send = (frame: Frame) => void (socket.writable && socket.write(`${JSON.stringify(frame)}\n`));
  let waiting: PromiseWithResolvers<string> | undefined = Promise.withResolvers<string>();
  const request = waiting.promise;
  socket.on('error', () => undefined);
  socket.once('close', () => waiting?.reject(new Error('the command has ended')));
  let length = 0;
  socket.on('data', (chunk: Buffer) => {
    const end = chunk.lastIndexOf(0x0a);
    length = end === -1 ? length + chunk.length : chunk.length - end - 1;
    if (length > longestFrame) socket.destroy();
  });
  linesOf(socket, (line) => {
    if (!waiting) return socket.destroy();
    waiting.resolve(line);
    waiting = undefined;
  });
  const ask = async (fileRequest: FileRequest): Promise<FileAnswer> => {
    if (socket.destroyed) throw new Error('the command has ended');
    waiting = Promise.withResolvers<string>();
    send({ fileRequest });
    const frame = readJson(answerFrame, await waiting.promise);
    if (frame) return frame.fileAnswer;
    socket.destroy();
    throw new Error('the command answers in another form');
  };
  const files = filesOfClient(ask, folder);
  return { request, files, send, end: () => socket.end(), destroy: () => socket.destroy() };
}

async function answer({ request, files, send, end, destroy }: Client, run: RunCommand): Promise<void> {
  const line = await request.catch(() => undefined);
  const command = line === undefined ? undefined : requestIn(line);
  if (!command) return destroy();
  const { words, cwd, isTerminal, columns } = command;
  const output: Output = {
    ...{ cwd, isTerminal, columns },
    say: (text) => send({ said: text }),
    complain: (text) => send({ complained: text }),
  };
  const exit = await run(words, output, files).catch((problem: unknown) => {
    send({ complained: `cardea: ${(problem as Error).message}\n` });
    return 1;
  });
  send({ exit });
  end();
}

/** The request in a line; undefined for a line that no command line of ours sends. */
function requestIn(line: string): CommandRequest | undefined {
  return jsonShapeProblem(line) ? undefined : readJson(commandRequest, line);
}

/** An interface passes the socket's errors on. Without a listener an error ends the process. */
function linesOf(socket: Socket, onLine: (line: string) => unknown): void {
  createInterface({ input: socket })
    .on('line', onLine)
    .on('error', () => undefined);
}

/** Runs a command in the server of a data folder; undefined when no server is running. */
export async function askServer(folder: string, words: readonly string[], output: Output): Promise<number | undefined> {
  if (process.platform === 'win32') return askAt(pipeOf(folder), words, output);
  const [path, furtherPath] = socketPaths(folder);
  const exit = path === undefined ? undefined : await askAt(path, words, output, otherUserAt(folder, path));
  if (exit !== undefined || !isOfThisAccount(temporaryFolder())) return exit;
  return askAt(furtherPath, words, output);
}

const inOtherForm = (problem: string) => new Error(`the server answers in another form: ${problem}`);

/** @param otherUser as for {@link OfferedFiles} */
function askAt(
  path: string,
  words: readonly string[],
  output: Output,
  otherUser?: OtherUser,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const files = new OfferedFiles(words, output.cwd, otherUser);
    let exit: number | undefined;
    let isConnected = false;
    socket.on('error', (problem) => {
      files.close();
      if (isConnected) reject(problem);
      else resolve(undefined);
    });
    socket.on('connect', () => {
      isConnected = true;
      const { cwd, isTerminal, columns } = output;
      const send = (frame: Frame) => socket.write(`${JSON.stringify(frame)}\n`);
      send({ words, cwd, isTerminal, columns });
      const onFrame = (frame: z.output<typeof reply>) => {
        if ('said' in frame) output.say(frame.said);
        else if ('complained' in frame) output.complain(frame.complained);
        else if ('fileRequest' in frame) send({ fileAnswer: files.answer(frame.fileRequest) });
        else exit = frame.exit;
      };
      linesOf(socket, (line) => {
        try {
          onFrame(requireJson(reply, line, inOtherForm));
        } catch (problem) {
          socket.destroy(problem as Error);
        }
      });
    });
    socket.on('close', () => {
      files.close();
      if (isConnected) resolve(exit ?? 1);
    });
  });
}

const shortNameOf = (folder: string): string => createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16);
const pipeOf = (folder: string): string => `\\\\.\\pipe\\cardea-${shortNameOf(folder)}`;
const temporaryFolder = (): string => join(tmpdir(), `cardea-${process.getuid?.() ?? 0}`);

/**
 * Where the socket of a data folder can be. Paths of sockets may have 104 to 108 bytes: that of a deep data folder is in the temporary
 * folder alone.
 */
function socketPaths(folder: string): readonly [path: string | undefined, furtherPath: string] {
  const path = resolve(folder, 'cardea.sock');
  return [Buffer.byteLength(path) < 100 ? path : undefined, join(temporaryFolder(), `${shortNameOf(folder)}.sock`)];
}

/** A folder of another account there could be made to receive the commands of this one. */
function isOfThisAccount(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats !== undefined && exposureOf(stats, 'directory', process.getuid?.()) === undefined;
}
