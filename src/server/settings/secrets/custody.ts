import { execFileSync } from 'node:child_process';
import { fault } from '#core/trace/fault.ts';
import { readRegularFile } from '#net/regular-file.ts';
import { emptyProblem, fileProblem, isEmpty } from '../words.ts';

/** A secret that is kept outside of the data folder. */
export interface CustodySecret {
  readonly text: string;
  /** The environment variable that tells where it is. */
  readonly source: string;
}

/** Milliseconds that a command has to print a secret. */
const commandPatience = 30_000;
/** KiB that a command can print. */
const longestOutput = 64;

const readers: Readonly<Record<string, (value: string) => string>> = {
  '': (value) => value,
  _FILE: (file) => readRegularFile(file).toString('utf8'),
  _COMMAND: (command) =>
    execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      timeout: commandPatience,
      maxBuffer: longestOutput * 1024,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
};

/** The variables that name a secret: `CARDEA_SECRET_KEY`, `CARDEA_SECRET_KEY_FILE`, `CARDEA_SECRET_KEY_COMMAND`. */
export const custodyVariables = (name: string): readonly string[] =>
  Object.keys(readers).map((suffix) => `${name}${suffix}`);

/**
 * A secret from the environment, a file or the output of a command; undefined where no variable is set.
 * @throws settingInvalid where two variables are set, one is empty, the file cannot be read or the command fails
 */
export function secretFrom(name: string, environment: NodeJS.ProcessEnv): CustodySecret | undefined {
  const [source, ...furtherSources] = custodyVariables(name).filter((variable) => environment[variable] !== undefined);
  if (source === undefined) return undefined;
  if (furtherSources[0] !== undefined)
    throw fault('settingInvalid', {
      setting: furtherSources[0],
      problem: `${source} is set as well; set only one of them`,
    });
  if (isEmpty(environment[source])) throw fault('settingInvalid', { setting: source, problem: emptyProblem });
  try {
    return { text: readers[source.slice(name.length)]!(environment[source]!).trim(), source };
  } catch (problem) {
    throw fault('settingInvalid', { setting: source, problem: readingProblem(problem as ReadingProblem) }, problem);
  }
}

type ReadingProblem = NodeJS.ErrnoException & { readonly status?: number | null; readonly signal?: string | null };

function readingProblem(problem: ReadingProblem): string {
  const tryIt = 'run it as the user of the server to find the cause';
  if (problem.code === 'ETIMEDOUT')
    return `the command, or a process that it started and that can write to its output, did not end within ${commandPatience / 1000} seconds; ${tryIt}`;
  if (problem.code === 'ENOBUFS') return `the command printed more than ${longestOutput} KiB; ${tryIt}`;
  if (typeof problem.status === 'number') return `the command ended with the exit code ${problem.status}; ${tryIt}`;
  return problem.signal ? `the command was ended by ${problem.signal}; ${tryIt}` : fileProblem(problem);
}
