import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '#cli/run.ts';
import type { RunningServer } from '../e2e/server.ts';
import type { Answer } from '../serving/command-process.ts';

/** A person at the command line of a computer, without a terminal: every device has a state folder of its own. */
export class DevicePerson {
  readonly server: RunningServer;
  readonly folder = mkdtempSync(join(tmpdir(), 'cardea-device-'));

  /** Hears each message while a command runs. */
  hear: (message: string) => void = () => undefined;

  constructor(server: RunningServer) {
    this.server = server;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The state folder of a device. */
  state(name: string): string {
    return join(this.folder, name);
  }

  /** A demo card. */
  card(name: string): string {
    return join(this.server.folder, 'demo', 'cards', `${name}.p12`);
  }

  /** Runs `cardea device …` within this process, as a shell does in one of its own. */
  async run(name: string, command: string, ...words: readonly string[]): Promise<Answer> {
    const [out, err]: [string[], string[]] = [[], []];
    const output = {
      cwd: this.folder,
      say: (text: string) => out.push(text),
      complain: (text: string) => {
        err.push(text);
        this.hear(text);
      },
    };
    const stateOptions = ['--state', this.state(name), '--data', this.server.folder];
    const host = {
      commands: [],
      open: () => Promise.reject(new Error('a device opens no data folder')),
      askServer: async () => undefined,
      dataFolderOf: () => this.server.folder,
    };
    const code = await runCommand(['device', command, ...words, ...stateOptions], output, host);
    return { code, out: out.join(''), err: err.join('') };
  }

  /** Joins a device with a demo card: a Windows computer unless `words` name its system. */
  join(name: string, person: string, ...words: readonly string[]): Promise<Answer> {
    const isNamed = words.includes('--device-type');
    const system = isNamed ? [] : ['--device-type', 'Windows', '--os-version', '10.0.26100.1'];
    return this.run(
      name,
      'join',
      '--url',
      this.server.origin,
      '--certificate-file',
      this.card(person),
      ...system,
      ...words,
    );
  }
}

/** The code of the fault in an answer of `--json`; undefined where there is none. */
export const codeIn = ({ out }: Answer): string | undefined =>
  (JSON.parse(out) as { error?: { code?: string } }).error?.code;
