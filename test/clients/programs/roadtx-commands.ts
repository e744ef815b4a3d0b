import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Runs roadtx, a command after the other, each in a process of its own: the processes are copies of one that has imported roadtx,
 * which takes most of the time of a command.
 */
export class Roadtx {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /** @param program the program that pip installs, or its name in the path. Its first line names its Python */
  constructor(program: string, folder: string, env: NodeJS.ProcessEnv) {
    const file = spawnSync('which', [program], { encoding: 'utf8', env }).stdout.trim();
    const python = /^#!(\S+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 'python3';
    const words = [join(import.meta.dirname, 'roadtx-commands.py'), file];
    this.#child = spawn(python, words, { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'], timeout: 240_000 });
    this.#lines = createInterface(this.#child.stdout!)[Symbol.asyncIterator]();
  }

  /** What a command wrote. @throws where the processes have ended */
  async run(words: readonly string[]): Promise<{ readonly out: string; readonly err: string; readonly code: number }> {
    this.#child.stdin!.write(`${JSON.stringify(words)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`roadtx ended at: ${words.join(' ')}`);
    return JSON.parse(value) as Awaited<ReturnType<Roadtx['run']>>;
  }

  end(): void {
    this.#child.stdin!.end();
  }
}
