import { type ChildProcess, spawn } from 'node:child_process';
import { type Command, environment } from './toolchains.ts';

/** A program of a stack while it runs. */
export class ClientProgram {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting: (() => void)[] = [];
  #error = '';
  #end: number | undefined;

  /** @param more environment variables: what the platform calls the file of trusted roots */
  constructor([executable, ...first]: Command, words: readonly string[], more: NodeJS.ProcessEnv, folder: string) {
    this.#child = spawn(executable, [...first, ...words], {
      cwd: folder,
      env: { ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    let rest = '';
    this.#child.stdout!.on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      this.#lines.push(...lines);
      this.#wake();
    });
    this.#child.stderr!.on('data', (chunk) => {
      this.#error = `${this.#error}${chunk}`.slice(-4000);
    });
    this.#child.on('error', (problem) => {
      this.#error += problem.message;
      this.#end = -1;
      this.#wake();
    });
    this.#child.on('close', (code) => {
      if (rest !== '') this.#lines.push(rest);
      this.#end = code ?? -1;
      this.#wake();
    });
  }

  /** The rest of the first line that begins with this word. @throws what the program wrote when it ends before */
  async line(word: string): Promise<string> {
    for (;;) {
      const match = this.#lines.find((line) => line.startsWith(`${word} `));
      if (match !== undefined) return match.slice(word.length + 1).trim();
      if (this.#end !== undefined) throw new Error(`ended with ${this.#end}: ${this.#error}${this.#lines.join('\n')}`);
      await new Promise<void>((done) => this.#waiting.push(done));
    }
  }

  /** The object of JSON on the last line, when the program has ended well. @throws what it wrote otherwise */
  async answer(): Promise<Record<string, unknown>> {
    while (this.#end === undefined) await new Promise<void>((done) => this.#waiting.push(done));
    const last = this.#lines.findLast((line) => line.startsWith('{'));
    if (this.#end === 0 && last) return JSON.parse(last) as Record<string, unknown>;
    throw new Error(`ended with ${this.#end}: ${this.#error}${this.#lines.join('\n')}`);
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #wake(): void {
    for (const done of this.#waiting.splice(0)) done();
  }
}
