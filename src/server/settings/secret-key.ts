import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fault } from '#core/trace/fault.ts';

/** The secrets of an installation that are kept outside of its data folder. */
export interface SecretKey {
  readonly text: string;
  /** The environment variable that tells where it is. */
  readonly source: string;
}

/** Milliseconds that a command has to print the secret key. */
const commandPatience = 30_000;

const readers: Readonly<Record<string, (value: string) => string>> = {
  CARDEA_SECRET_KEY: (value) => value,
  CARDEA_SECRET_KEY_FILE: (file) => readFileSync(file, 'utf8'),
  CARDEA_SECRET_KEY_COMMAND: (command) =>
    execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      timeout: commandPatience,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
};

/** The variables that name the secret key. */
export const secretKeyVariables: readonly string[] = Object.keys(readers);

/**
 * The secret key from the environment, a file or the output of a command; undefined where it is `secret.key` in the data folder.
 * @throws settingInvalid where two variables are set, the file cannot be read or the command fails
 */
export function secretKeyFrom(environment: NodeJS.ProcessEnv): SecretKey | undefined {
  const [source, ...others] = secretKeyVariables.filter((name) => environment[name] !== undefined);
  if (source === undefined) return undefined;
  if (others[0] !== undefined)
    throw fault('settingInvalid', {
      setting: others[0],
      problem: `${source} is set as well, and one of them is enough`,
    });
  try {
    return { text: readers[source]!(environment[source]!).trim(), source };
  } catch (problem) {
    throw fault('settingInvalid', { setting: source, problem: (problem as Error).message.split('\n')[0]! }, problem);
  }
}
