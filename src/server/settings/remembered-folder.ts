import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import { makeFolder } from '#pki/whole-file.ts';
import { isPresent } from '#storage/data-folder.ts';

/** Files by which a folder shows that it is the data folder of an installation. */
const marks = ['cardea.db', 'secret.key', 'cardea.json'];

/** Where the folder of `cardea config remember` is written down; undefined where the user has no home. */
function recordFile({ XDG_CONFIG_HOME, APPDATA, HOME }: NodeJS.ProcessEnv): string | undefined {
  const base = XDG_CONFIG_HOME || APPDATA || (HOME && join(HOME, '.config'));
  return base && isAbsolute(base) ? join(base, 'cardea', 'data-folder') : undefined;
}

/** The data folder that `cardea config remember` wrote down, an absolute path. @throws dataFolderOfOther where this user may not read it */
export function rememberedFolder(environment: NodeJS.ProcessEnv): string | undefined {
  const file = recordFile(environment);
  if (file === undefined || !isPresent(file)) return undefined;
  const folder = readFileSync(file, 'utf8').trim();
  return isAbsolute(folder) ? folder : undefined;
}

/**
 * The data folder where no option and no variable names one: `data` here where it has an installation, else the remembered one. A `data` into which
 * this user may not look can be that of any program, so the remembered folder is used if there is one.
 * @throws dataFolderOfOther
 */
export function usualFolder(environment: NodeJS.ProcessEnv, cwd: string): string {
  const here = join(cwd, 'data');
  try {
    if (isInstallation(here)) return here;
  } catch (problem) {
    const remembered = rememberedFolder(environment);
    if (remembered === undefined) throw problem;
    return remembered;
  }
  return rememberedFolder(environment) ?? here;
}

/** @throws dataFolderOfOther where this user cannot tell */
const isInstallation = (folder: string): boolean => marks.some((name) => isPresent(join(folder, name)));

/** Writes the folder down for later commands of this user. @throws installationMissing, commandMisused */
export function rememberFolder(folder: string, environment: NodeJS.ProcessEnv): void {
  if (!isInstallation(folder)) throw fault('installationMissing', { folder });
  const file = recordFileOrThrow(environment);
  makeFolder(dirname(file));
  writeFileSync(file, `${folder}\n`, { mode: 0o600 });
}

/** @throws commandMisused */
export const forgetFolder = (environment: NodeJS.ProcessEnv): void =>
  rmSync(recordFileOrThrow(environment), { force: true });

function recordFileOrThrow(environment: NodeJS.ProcessEnv): string {
  const file = recordFile(environment);
  if (file !== undefined) return file;
  throw fault('commandMisused', {
    problem: 'HOME is not set, so the folder cannot be remembered. Set CARDEA_DATA instead.',
  });
}
