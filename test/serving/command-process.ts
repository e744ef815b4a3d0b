import type { ChildProcess } from 'node:child_process';
import { keepBetweenFiles, takeForFile } from '../children.ts';
import type { Wanted } from './serve-again.ts';
import { definedIn, mainOf, outputOf, startReusable, streamsOf } from './server-process.ts';

/** A command line of the program. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** What a command answered. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface CommandProcess {
  readonly child: ChildProcess;
  /** Its exit code, once all that it wrote is read. */
  readonly exitCode: Promise<number>;
}

/** Processes that run no command at the moment. One is enough: few files run two commands side by side. */
const idle: CommandProcess[] = [];

/**
 * Runs commands in a process that has run others (serve-again.ts): the program is loaded and compiled already, which is most of
 * what the process of a command costs. The command reads its own words, variables and folder, and opens what it works on.
 * @param program the path of `cardea.mjs` in a built program
 */
export async function runInReusedProcess(program: string, { words, environment, cwd }: CommandLine): Promise<Answer> {
  const slot = takeIdle() ?? startNew();
  const { child, exitCode } = slot;
  takeForFile(child);
  const answer = { out: '', err: '' };
  const [out, err] = streamsOf(child);
  for (const stream of [out, err]) stream.ref();
  const ends = Promise.all([
    outputOf(out, (text) => {
      answer.out += text;
    }),
    outputOf(err, (text) => {
      answer.err += text;
    }),
  ]);
  child.send({ main: mainOf(program), words, environment: definedIn(environment), cwd } satisfies Wanted);
  const code = await Promise.race([ends.then(([text]) => Number(text)), exitCode]);
  giveBack(slot);
  return { ...answer, code };
}

/** The process that waits, unless it has ended meanwhile. */
function takeIdle(): CommandProcess | undefined {
  const slot = idle.pop();
  return slot?.child.connected ? slot : undefined;
}

function startNew(): CommandProcess {
  const child = startReusable();
  return { child, exitCode: new Promise((done) => child.once('close', (code) => done(code ?? -1))) };
}

/** Leaves a process to the next command, unless it has ended or another one waits. */
function giveBack(slot: CommandProcess): void {
  const { child } = slot;
  if (!child.connected) return;
  if (idle.length > 0) child.disconnect();
  else {
    keepBetweenFiles(child);
    for (const stream of streamsOf(child)) stream.unref();
    idle.push(slot);
  }
}
