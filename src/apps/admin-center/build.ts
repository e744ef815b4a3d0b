import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { type BuiltPages, readBuiltPages } from './built-files.ts';
import { builtFolder, builtHash, hasSources, root, sourcesHash } from './sources.ts';

/** Why there are no current pages: they are being built, cannot be built here, or the build ended with an error. */
export type BuildState = 'current' | 'building' | 'off' | 'toolsMissing' | 'failed';

/** The state of a build, for the terminal. */
export type BuildNews = (news: {
  readonly state: BuildState;
  readonly milliseconds?: number;
  readonly problem?: string;
}) => void;

/** How much of the output of a failed build is kept. */
const mostOutput = 4_000;

/** Where the pages are, and what builds them. */
export interface BuildPlace {
  readonly folder: string;
  /** The program that builds them into `folder`. */
  readonly program: string;
  hasSources(): boolean;
  /** Whether what is in `folder` was made of the sources that are here. */
  isCurrent(): boolean;
}

const checkout: BuildPlace = {
  folder: builtFolder,
  program: join(root, 'web', 'build.ts'),
  hasSources,
  isCurrent: () => builtHash() === sourcesHash(),
};

/** The built pages of the admin center, and the build that makes them where they are missing or older than their sources. */
export class AdminCenterBuild {
  state: BuildState = 'current';
  readonly #place: BuildPlace;
  #pages: BuiltPages | undefined;
  #stop: () => Promise<void> = async () => {};

  constructor(place: BuildPlace = checkout) {
    this.#place = place;
  }

  /**
   * The pages that are served now: the current ones, else the last ones that were built. While there are none, each call looks
   * for them in the folder. `npm run build` and the build of another process put them there without a message to this one.
   */
  get pages(): BuiltPages | undefined {
    this.#pages ??= readBuiltPages(this.#place.folder);
    return this.#pages;
  }

  /**
   * Reads what is built. Where it is not current and `mayBuild`, builds in a process of its own, and reads again.
   * `onNews` is called when a build begins, ends or cannot begin.
   */
  start(mayBuild: boolean, onNews: BuildNews): void {
    const { folder, isCurrent } = this.#place;
    const hasSources = this.#place.hasSources();
    this.#pages = readBuiltPages(folder);
    if (this.#pages && (!hasSources || isCurrent())) return;
    const canBuild = mayBuild && hasSources && hasTools();
    if (canBuild) this.#build(onNews);
    // Pages that were built elsewhere and brought along are used as they are.
    else if (!this.#pages) {
      this.state = mayBuild ? 'toolsMissing' : 'off';
      if (mayBuild) onNews({ state: this.state });
    }
  }

  /** Another process builds, and tells how it stands: reads what is built. */
  follow(state: BuildState): void {
    this.state = state;
    if (state === 'current') this.#take(readBuiltPages(this.#place.folder));
  }

  /** Ends a build that is under way, and waits for its end. */
  stop(): Promise<void> {
    return this.#stop();
  }

  #build(onNews: BuildNews): void {
    this.state = 'building';
    onNews({ state: 'building' });
    const begin = performance.now();
    const child = spawn(process.execPath, [this.#place.program], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });
    let output = '';
    const hear = (chunk: Buffer) => {
      output = (output + chunk).slice(-mostOutput);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    lowerPriority(child.pid);
    let isStopped = false;
    const end = new Promise<void>((resolve) => child.once('close', () => resolve()));
    this.#stop = () => {
      isStopped = true;
      child.kill();
      return end;
    };
    child.on('error', ({ message }) => hear(Buffer.from(message))); // it could not be started: "close" follows
    child.on('close', (code, signal) => {
      this.#stop = async () => {};
      if (isStopped) return;
      // A system that is short of memory kills the largest process, which can be this one.
      if (signal) return this.#failed(`${output}\nThe build was ended by ${signal}.`, onNews);
      if (code !== 0) return this.#failed(output, onNews);
      this.#take(readBuiltPages(this.#place.folder));
      this.state = 'current';
      onNews({ state: 'current', milliseconds: performance.now() - begin });
    });
  }

  #failed(problem: string, onNews: BuildNews): void {
    this.state = 'failed';
    onNews({ state: 'failed', problem: problem.trim() });
  }

  /** Parts of the pages that are open in browsers are still there after a new build. */
  #take(pages: BuiltPages | undefined): void {
    if (!pages) return;
    this.#pages = { index: pages.index, files: new Map([...(this.#pages?.files ?? []), ...pages.files]) };
  }
}

/** Whether the packages that the build needs are installed: `npm ci --omit=dev` leaves them out. */
function hasTools(): boolean {
  const { resolve } = createRequire(join(root, 'web', 'package.json'));
  try {
    for (const name of ['vite', 'react', 'react-aria-components']) resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Sign-ins go first. */
function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, 10);
  } catch {
    // A platform without priorities.
  }
}
