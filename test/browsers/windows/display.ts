import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pictureFile, wantsPictures } from '../../e2e/chromium.ts';
import { patience } from '../../until.ts';

const run = promisify(execFile);

/** A virtual screen, with a window manager (dialogs need the focus) and a person's hands: Xvfb, openbox, xdotool. */
export class Display {
  readonly name: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #processes: readonly ChildProcess[];

  private constructor(name: string, processes: readonly ChildProcess[]) {
    this.name = name;
    this.environment = { ...process.env, LANGUAGE: 'en', DISPLAY: name };
    this.#processes = processes;
  }

  /** Starts one on a display number that is free. */
  static async open(): Promise<Display> {
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const number = await new Promise<string>((ready, reject) => {
      server.stdio[3]!.once('data', (line: Buffer) => ready(line.toString().trim()));
      server.once('error', reject).once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    });
    const name = `:${number}`;
    const manager = spawn('openbox', [], { stdio: 'ignore', env: { ...process.env, DISPLAY: name } });
    return new Display(name, [manager, server]);
  }

  async close(): Promise<void> {
    for (const child of this.#processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const end = new Promise((done) => child.once('exit', done));
      child.kill();
      await end;
    }
  }

  /** Names of the windows on the screen, by window id. */
  async windows(): Promise<ReadonlyMap<string, string>> {
    const { stdout } = await this.#xdotool('search', '--onlyvisible', '--name', '.').catch(() => ({ stdout: '' }));
    const ids = stdout.split('\n').filter(Boolean);
    const withName = ids.map(async (id) => {
      const answer = await this.#xdotool('getwindowname', id).catch(() => ({ stdout: '' }));
      return [id, answer.stdout.trim()] as const;
    });
    return new Map(await Promise.all(withName));
  }

  /** Waits for a window of this name, gives it the keyboard, does something, and waits until that very window is gone. */
  async inWindow(title: RegExp, act: () => Promise<void>): Promise<void> {
    const id = await this.until(`a window called ${title}`, async () => {
      for (const [window, name] of await this.windows()) if (title.test(name)) return window;
      return undefined;
    });
    await this.#xdotool('windowactivate', '--sync', id);
    await act();
    await this.until(`the window called ${title} to close`, async () => !(await this.windows()).has(id) || undefined);
  }

  /** Asks again and again until there is an answer; when patience ends, says what was on the screen. */
  async until<T>(label: string, ask: () => Promise<T | undefined>): Promise<T> {
    const end = Date.now() + patience;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (Date.now() > end) {
        await this.#import('waited-in-vain').catch(() => undefined);
        throw new Error(`waited for ${label}; windows: ${[...(await this.windows()).values()].join(' | ')}`);
      }
      await pause(100);
    }
  }

  /** Presses keys, one after the other: `Down`, `Return`, `Escape`, `ctrl+a`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#xdotool('key', '--clearmodifiers', key);
  }

  async type(text: string): Promise<void> {
    await this.#xdotool('type', '--delay', '30', text);
  }

  /** A picture of the whole screen where pictures are wanted, for a person to look at. */
  async photograph(name: string): Promise<void> {
    if (wantsPictures()) await this.#import(name);
  }

  #import(name: string) {
    return run('import', ['-window', 'root', pictureFile(name)], { env: this.environment });
  }

  #xdotool(...words: readonly string[]) {
    return run('xdotool', [...words], { env: this.environment });
  }
}
