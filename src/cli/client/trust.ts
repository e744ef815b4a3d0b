import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import { type Call, text } from '../command.ts';
import { bytesOf } from '../input/files.ts';

/**
 * PEM of the CA of the server: of `--ca`, or the one in the data folder; undefined where there is neither. A user who may not read the data
 * folder learns of it, and continues with what Node trusts: the server can have a certificate of a public CA.
 * @throws fileUnreadable for the file of `--ca`
 */
export function trustOf(call: Call): string | undefined {
  const file = text(call, 'ca');
  if (file) return Buffer.from(bytesOf(file, call.output.cwd)).toString('utf8');
  try {
    const folder = call.dataFolder();
    return folder === undefined ? undefined : textIn(join(folder, 'tls', 'root.pem'));
  } catch (problem) {
    const consequence = 'The CA in the data folder is not used. If the connection fails, specify the CA with --ca.';
    call.output.complain(`${(problem as Error).message} ${consequence}\n`);
    return undefined;
  }
}

/** Undefined where there is no such file. @throws fileUnreadable */
function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw fault('fileUnreadable', { file, problem: message }, problem);
  }
}
