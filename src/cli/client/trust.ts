import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { fault } from '#core/trace/fault.ts';
import { readRegularFile } from '#net/regular-file.ts';
import { type Call, text } from '../command.ts';
import { bytesOf } from '../input/files.ts';

/**
 * PEM of the CAs of the server: of `--ca`, or the one in the data folder and those that Node trusts, because the server can have a certificate of a
 * public CA, and can be another one than that of the data folder; undefined where there is neither. A user who may not read the data folder gets a
 * message, and continues with what Node trusts.
 * @throws fileUnreadable for the file of `--ca`
 */
export function trustOf(call: Call): string | undefined {
  const file = text(call, 'ca');
  if (file) return Buffer.from(bytesOf(file, call.output.cwd)).toString('utf8');
  try {
    const folder = call.dataFolder();
    const root = folder === undefined ? undefined : textIn(join(folder, 'tls', 'root.pem'));
    return root === undefined ? undefined : [root, ...rootCertificates].join('\n');
  } catch (problem) {
    const consequence = 'The CA in the data folder is not used. If the connection fails, specify the CA with --ca.';
    call.output.complain(`${(problem as Error).message} ${consequence}\n`);
    return undefined;
  }
}

/** Undefined where there is no such file. @throws fileUnreadable */
function textIn(file: string): string | undefined {
  try {
    return readRegularFile(file).toString('utf8');
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw fault('fileUnreadable', { file, problem: message }, problem);
  }
}
