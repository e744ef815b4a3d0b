import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Call, text } from '../command.ts';
import { bytesOf } from '../input/files.ts';

/** PEM of the CA of the server: of `--ca`, or the one in the data folder; undefined where there is neither. */
export function trustOf(call: Call): string | undefined {
  const file = text(call, 'ca');
  if (file) return Buffer.from(bytesOf(file, call.output.cwd)).toString('utf8');
  const folder = resolve(call.output.cwd, text(call, 'data') ?? process.env.CARDEA_DATA ?? 'data');
  const installedRoot = join(folder, 'tls', 'root.pem');
  return existsSync(installedRoot) ? readFileSync(installedRoot, 'utf8') : undefined;
}
