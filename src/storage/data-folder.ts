import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CardeaError, fault } from '#core/trace/fault.ts';
import { makeFolder } from '#pki/whole-file.ts';

/** Makes the data folder for its owner only, unless it is there. @throws dataFolderNotWritable */
export function makeDataFolder(folder: string): void {
  try {
    makeFolder(folder);
    checkFolder(folder);
  } catch (problem) {
    throw notWritable(folder, problem);
  }
}

/** Whether {@link makeDataFolder} could do so: nothing is made. @throws dataFolderNotWritable */
export function checkDataFolder(folder: string): void {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  try {
    checkFolder(nearest);
  } catch (problem) {
    throw notWritable(folder, problem);
  }
}

function checkFolder(folder: string): void {
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error('ENOTDIR'), { code: 'ENOTDIR' });
  accessSync(folder, constants.W_OK | constants.X_OK);
}

function notWritable(folder: string, problem: unknown): CardeaError {
  const { code = 'unknown' } = problem as NodeJS.ErrnoException;
  return fault('dataFolderNotWritable', { folder, problem: code }, problem);
}
