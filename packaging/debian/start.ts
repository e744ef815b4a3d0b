import { readFileSync } from 'node:fs';
import { readEnvironmentFile } from './environment-file.ts';

/**
 * `cardea` of the Debian package: runs it with the settings of the service. Where systemd starts the service, it has read the file already.
 * build.ts makes JavaScript of this file.
 */
const file = '/etc/cardea/cardea.env';

function settingsOfTheService(): ReadonlyMap<string, string> {
  try {
    return readEnvironmentFile(readFileSync(file, 'utf8'));
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    if (code !== 'ENOENT')
      process.stderr.write(`The settings of the service are not used: ${message}.\n${advice(code)}`);
    return new Map();
  }
}

const advice = (code: string | undefined): string =>
  code === 'EACCES' ? 'Run the command as the user of the service: sudo -u cardea cardea …\n' : '';

// What the caller sets is nearer than the file.
const added = [...settingsOfTheService()].filter(([name]) => process.env[name] === undefined);
Object.assign(process.env, Object.fromEntries(added));
process.env.CARDEA_DATA ??= '/var/lib/cardea';
// Node reads its own variables when it starts.
if (added.some(([name]) => name.startsWith('NODE_')))
  process.execve?.(process.execPath, [process.execPath, ...process.argv.slice(1)]);
const program = './node_modules/cardea/bin/cardea.mjs';
await import(program);
