import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { keepBetweenFiles, takeForFile } from '../children.ts';
import { freePort } from '../free-port.ts';
import { endOfRunPattern } from './end-of-run.ts';
import type { Wanted } from './serve-again.ts';

/** How a run of `serve` ended: its exit code, or the signal that ended its process. */
export type RunEnd = number | NodeJS.Signals | null;

/** A run of `serve`. */
export interface ServerRun {
  readonly pid: number;
  /** Absent while it runs. */
  readonly end: RunEnd | undefined;
  readonly ended: Promise<RunEnd>;
  signal(signal: NodeJS.Signals): void;
}

/** What a run is given. */
export interface RunParts {
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  hear(chunk: string): void;
}

/** Runs `serve` in a process of its own, which ends with it. */
export function runOnce(program: string, { words, environment, hear }: RunParts): ServerRun {
  const child = spawn(process.execPath, [program, ...words], { env: environment });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => hear(`${chunk}`));
  return runIn(child, endOf(child));
}

function runIn(child: ChildProcess, ended: Promise<RunEnd>): ServerRun {
  let end: RunEnd | undefined;
  ended.then((value) => {
    end = value;
  });
  return {
    pid: child.pid ?? 0,
    get end() {
      return end;
    },
    ended,
    signal: (signal) => void child.kill(signal),
  };
}

const endOf = (child: ChildProcess): Promise<RunEnd> =>
  new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));

/** Processes that serve nothing at the moment. One is enough: few files run two servers side by side. */
const idle: ReusableServer[] = [];

/**
 * A process that runs one server after another, for the files of this test process (serve-again.ts): a new demo takes 0.15 s of
 * processor time instead of a second, and is served by code that is compiled already. All servers of one have the same ports, and
 * their demos are copies of the first one, whose cards name them.
 */
export class ReusableServer {
  readonly ports: readonly [number, number];
  readonly #main: string;
  #child: ChildProcess | undefined;
  #childEnd: Promise<RunEnd> | undefined;
  #newDemo: string | undefined;

  private constructor(main: string, ports: readonly [number, number]) {
    this.#main = main;
    this.ports = ports;
  }

  /** One that is idle, or a new one. @param program the path of `cardea.mjs` in a built program */
  static async take(program: string): Promise<ReusableServer> {
    const server = idle.pop() ?? new ReusableServer(mainOf(program), [await freePort(), await freePort()]);
    if (server.#child) {
      takeForFile(server.#child);
      for (const stream of streamsOf(server.#child)) stream.ref();
    }
    return server;
  }

  /** Puts a new demo into an empty folder, and answers whether there was one to copy. */
  copyDemo(folder: string): boolean {
    if (this.#newDemo === undefined) return false;
    cpSync(this.#newDemo, folder, { recursive: true, filter: (file) => !lstatSync(file).isSocket() });
    return true;
  }

  /** Remembers the new demo that this process serves, before a test uses it. */
  async rememberDemo(folder: string): Promise<void> {
    const memory = mkdtempSync(join(tmpdir(), 'cardea-new-demo-'));
    process.once('exit', () => rmSync(memory, { recursive: true, force: true }));
    const copied = once(this.#child!, 'message');
    this.#send({ copy: folder, into: join(memory, 'data') });
    await copied;
    this.#newDemo = join(memory, 'data');
  }

  /** Runs `serve`; in a new process where a test has ended the former one. */
  run({ words, environment, hear }: RunParts): ServerRun {
    this.#child ??= this.#start();
    const child = this.#child;
    const ends = streamsOf(child).map((stream) => outputOf(stream, hear));
    const ended = Promise.race([Promise.all(ends).then(([code]) => Number(code)), this.#childEnd!]);
    this.#send({ main: this.#main, words, environment: definedIn(environment) });
    return runIn(child, ended);
  }

  /** The server has stopped: the process waits for the next file that needs one. */
  giveBack(): void {
    if (idle.length > 0 || !this.#child) {
      this.#child?.disconnect();
      return;
    }
    keepBetweenFiles(this.#child);
    for (const stream of streamsOf(this.#child)) stream.unref();
    idle.push(this);
  }

  #start(): ChildProcess {
    const child = startReusable();
    this.#childEnd = endOf(child);
    this.#childEnd.then(() => {
      this.#child = undefined;
      const place = idle.indexOf(this);
      if (place >= 0) idle.splice(place, 1);
    });
    return child;
  }

  #send(wanted: Wanted): void {
    this.#child!.send(wanted);
  }
}

/** A process that runs one command line of the program after another. */
export function startReusable(): ChildProcess {
  const script = join(import.meta.dirname, 'serve-again.ts');
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, script], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  child.channel!.unref();
  return child;
}

/** The module that a built program runs. @param program the path of its `cardea.mjs` */
export const mainOf = (program: string): string =>
  pathToFileURL(resolve(dirname(program), '..', 'dist', 'main.js')).href;

/** The variables that have a value. */
export const definedIn = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)) as Record<string, string>;

export const streamsOf = (child: ChildProcess) => [child.stdout, child.stderr] as [Socket, Socket];

/** What a stream says until the end of the run, which resolves to its exit code. */
export function outputOf(stream: Socket, hear: (text: string) => void): Promise<string> {
  return new Promise((done) => {
    let last = '';
    const onData = (chunk: Buffer) => {
      last = (last + chunk).slice(-Math.max(chunk.length, 60) - 60);
      const [line, code] = endOfRunPattern.exec(last) ?? [];
      hear(`${chunk}`.replace(line ?? /$^/, ''));
      if (code === undefined) return;
      stream.off('data', onData);
      done(code);
    };
    stream.on('data', onData);
  });
}
