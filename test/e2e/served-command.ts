import type { Output } from '#cli/command.ts';
import { escaping, reportFaults } from '#cli/output/report.ts';
import { askServer } from '#cli/remote/remote.ts';
import { dataFolderIn, isServed } from '#cli/served.ts';

/**
 * What a command line answers that the running server of its data folder runs: asked as the process of the command asks, without
 * the tenth of a second of processor time that its start takes. Undefined where such a process would do the work itself.
 */
export async function askRunningServer(words: readonly string[]) {
  const folder = dataFolderIn(words);
  if (folder === undefined || !isServed(words)) return undefined;
  let [out, err] = ['', ''];
  const output: Output = escaping({
    cwd: process.cwd(),
    isTerminal: false,
    say: (text) => {
      out += text;
    },
    complain: (text) => {
      err += text;
    },
  });
  const code = await reportFaults(output, words.includes('--json'), () => askServer(folder, words, output));
  return code === undefined ? undefined : { code, out, err };
}
