#!/usr/bin/env node
// Runs an entry on Node 24: in this process when it is already 24 or newer, else with the Node 24 of a package. `node bin/node24.mjs FILE [ARGUMENT ...]`
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packagedNode } from './packaged-node.mjs';

/**
 * How a server runs; read when a process starts (docs/develop/sign-in-cost.md). A young generation of at most four megabytes instead of sixteen
 * takes 45 MB less under load, at the same cost of a sign-in. The code of Node on large pages of memory takes 10 % less processor time for a
 * sign-in.
 */
const serverFlags = ['--max-semi-space-size=4', ...(hasLargePages() ? ['--use-largepages=silent'] : [])];

/** Whether Linux has transparent huge pages. Node writes a warning, silent or not, where it cannot ask. */
function hasLargePages() {
  try {
    return !readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[never]');
  } catch {
    return false;
  }
}

/** Runs `file` with `args` on Node 24 or newer. @param {string} file @param {string[]} args */
export async function runOnNode24(file, args) {
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    await endWithLauncher();
    const missing = flagsOf(args).filter((flag) => !process.execArgv.includes(flag));
    if (missing.length > 0) beginAgainWith(missing);
    // node:sqlite and type stripping announce themselves as experimental on every start; we chose them knowingly.
    process.removeAllListeners('warning');
    process.on('warning', (warning) => {
      if (warning.name !== 'ExperimentalWarning') console.error(`${warning.name}: ${warning.message}`);
    });
    // Compiled code of the last start: halves the processor time of a command. Only who installs can write there.
    module.enableCompileCache(resolve(import.meta.dirname, '..', 'node_modules', '.cache', 'cardea'));
    process.argv = [process.execPath, file, ...args];
    // Workers are started with the flags of the process that starts them.
    process.execArgv.push(...missing);
    await import(pathToFileURL(file).href);
    return;
  }
  const words = [...flagsOf(args), resolve(import.meta.dirname, 'node24.mjs'), file, ...args];
  const env = { ...process.env, [launcherVariable]: '3' };
  const child = spawn(packagedNode(), words, { stdio: ['inherit', 'inherit', 'inherit', 'pipe'], env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 0);
    // A shell and a service manager are to see the signal.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** The descriptor of a pipe from the process that started this one with a Node of a package. */
const launcherVariable = 'CARDEA_LAUNCHER_DESCRIPTOR';

/**
 * Ends this process as a service manager does when the one that started it is gone. The latter passes on every signal but SIGKILL, after which this
 * process would keep the port and the data folder.
 */
async function endWithLauncher() {
  const descriptor = process.env[launcherVariable];
  delete process.env[launcherVariable];
  if (descriptor === undefined) return;
  const { Socket } = await import('node:net');
  const pipe = new Socket({ fd: Number(descriptor), readable: true, writable: false });
  pipe.on('error', () => undefined).on('close', () => process.kill(process.pid, 'SIGTERM'));
  pipe.resume().unref();
}

/**
 * Puts a process with further flags of Node instead of this one, under the same process id, before it has loaded anything. Continues without
 * them where the system cannot do that, or where the process that started this one talks to it.
 * @param {string[]} flags
 */
function beginAgainWith(flags) {
  if (process.platform === 'win32' || process.send || !process.execve) return;
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...flags, ...process.argv.slice(1)]);
}

/** @param {string[]} args */
const flagsOf = (args) => (args[0] === 'serve' ? serverFlags : []);

if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) {
  await runOnNode24(resolve(process.argv[2] ?? ''), process.argv.slice(3));
}
