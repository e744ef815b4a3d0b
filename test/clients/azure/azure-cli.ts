import { spawn, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer } from '../../e2e/server.ts';

/** Where the Azure CLI of PyPI is: `CARDEA_AZURE_CLI`, or the virtual environment that `.ci/run` makes. */
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const az = process.env.CARDEA_AZURE_CLI ?? join(cache, 'cardea-azure-cli', 'bin', 'az');

/** The version that is tested. Debian 12 has 2.45, which lacks the setting `core.instance_discovery` and asks Microsoft about the host. */
const firstVersion = [2, 91];

/** Why its tests are skipped; false where they run. */
export function skipAzureCli(): string | false {
  const { status, stdout } = spawnSync(az, ['version', '--query', '"azure-cli"', '-o', 'tsv'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = (stdout ?? '').trim().split('.').map(Number);
  if (status !== 0)
    return 'the Azure CLI of PyPI is not installed: .ci/run makes a virtual environment with it; name its az in CARDEA_AZURE_CLI';
  const isOld = major < firstVersion[0]! || (major === firstVersion[0] && minor < firstVersion[1]!);
  return isOld ? `the Azure CLI is ${major}.${minor}: 2.91 or later is tested` : false;
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The unmodified client with a configuration folder of its own, signed in to nothing. */
export class AzureCli {
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(server: RunningServer) {
    this.#environment = {
      PATH: '/usr/bin:/bin',
      HOME: server.folder,
      AZURE_CONFIG_DIR: join(server.folder, 'az'),
      AZURE_CORE_COLLECT_TELEMETRY: '0',
      REQUESTS_CA_BUNDLE: join(server.folder, 'tls', 'root.pem'),
    };
  }

  /** Registers the server as a cloud, as docs/graph.md says. @param endpoints that differ from those of the documentation */
  static async start(server: RunningServer, endpoints: Readonly<Record<string, string>> = {}): Promise<AzureCli> {
    const cli = new AzureCli(server);
    const slashed = `${server.origin}/`;
    const endpointsOfServer = {
      activeDirectory: server.origin,
      activeDirectoryResourceId: slashed,
      activeDirectoryGraphResourceId: slashed,
      microsoftGraphResourceId: server.origin,
      resourceManager: slashed,
      management: slashed,
      ...endpoints,
    };
    await cli.ok('cloud', 'register', '-n', 'idp', '--cloud-config', JSON.stringify({ endpoints: endpointsOfServer }));
    await cli.ok('cloud', 'set', '-n', 'idp');
    await cli.ok('config', 'set', 'core.instance_discovery=false');
    return cli;
  }

  /** @param hear what it has written to the error output so far, each time it writes more */
  run(words: readonly string[], hear: (text: string) => void = () => undefined): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(az, words, { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk) => {
        out += chunk;
      });
      child.stderr.on('data', (chunk) => {
        err += chunk;
        hear(err);
      });
      child.on('close', (code) => resolve({ code: code ?? -1, out: out.trim(), err }));
    });
  }

  /** What a command printed. @throws what it wrote when it fails */
  async ok(...words: string[]): Promise<string> {
    const { code, out, err } = await this.run(words);
    if (code !== 0) throw new Error(`az ${words.join(' ')}: ${err}`);
    return out;
  }
}
