import type { Output } from '#cli/command.ts';
import { escaping, reportFaults } from '#cli/output/report.ts';
import { askServer } from '#cli/remote/remote.ts';
import { dataFolderIn, isServed } from '#cli/served.ts';
import { readConfig } from './config.ts';

/** Runs one command line: in the server that holds the data folder, or here. Resolves with its exit code. */
export async function runCardea(words: readonly string[], output: Output): Promise<number> {
  if (await isWorker()) return await runWorker();
  const exit = isServed(words) ? await askBeforeLoading(words, output) : undefined;
  if (exit !== undefined) return exit;
  const { runLocally } = await import('./local-command-line.ts');
  return runLocally(words, output);
}

/** Whether a server started this process to serve beside others. Only a process with a channel asks: loading takes time. */
async function isWorker(): Promise<boolean> {
  return process.channel !== undefined && (await import('node:cluster')).default.isWorker;
}

/** A worker loads neither the commands nor what one process does for the installation. */
async function runWorker(): Promise<number> {
  const { serveAsWorker } = await import('./workers/worker.ts');
  await serveAsWorker();
  return process.exitCode === 1 ? 1 : 0;
}

/** The exit code of a server that ran the command; undefined where none does, and this process has to. */
async function askBeforeLoading(words: readonly string[], terminal: Output): Promise<number | undefined> {
  const folder = dataFolderOf(words, terminal.cwd);
  if (folder === undefined) return undefined;
  const output = escaping(terminal);
  return reportFaults(output, words.includes('--json'), () => askServer(folder, words, output));
}

/** Undefined where the settings are faulty: the command reports that when it is read here. */
function dataFolderOf(words: readonly string[], cwd: string): string | undefined {
  try {
    return readConfig({ dataFolder: dataFolderIn(words) }, process.env, cwd).dataFolder;
  } catch {
    return undefined;
  }
}
