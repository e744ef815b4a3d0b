import { spawnSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isInstalled } from './tools.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** What an image says of the containers that run it. */
interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Volumes: Readonly<Record<string, unknown>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

/** An image that buildah made, with its files in a folder of this computer. */
export interface Image {
  readonly config: ImageConfig;
  /** The words of a command that runs a program of the image in a container, with a volume from a folder. */
  command(program: readonly string[], options: ContainerOptions): readonly string[];
  remove(): void;
}
interface ContainerOptions {
  readonly volume: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Buildah without a daemon, whose images and containers are in a folder of their own. */
class Buildah {
  readonly folder = mkdtempSync(join(tmpdir(), 'cardea-image-'));

  try(...words: readonly string[]) {
    const policy = join(this.folder, 'policy.json');
    writeFileSync(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
    const [command = '', ...rest] = words;
    const places = [
      '--root',
      join(this.folder, 'images'),
      '--runroot',
      join(this.folder, 'run'),
      '--storage-driver',
      'vfs',
    ];
    const isPolicyTaken = ['build', 'from', 'commit'].includes(command);
    const flags = [...places, command, ...(isPolicyTaken ? ['--signature-policy', policy] : []), ...rest];
    return spawnSync('buildah', flags, { encoding: 'utf8', env: { ...process.env, BUILDAH_ISOLATION: 'chroot' } });
  }

  run(...words: readonly string[]): string {
    const { status, stdout, stderr } = this.try(...words);
    if (status !== 0) throw new Error(`buildah ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  }
}

/** What {@link commandIn} needs: mounts of its own, and one that is made read-only. */
const namespaceProbe =
  'mount --make-rprivate / && mount -t tmpfs tmpfs /mnt && mount --bind /mnt /mnt && mount -o remount,bind,ro /mnt';

/** @returns why no image can be built or run on this computer; `false` where it can */
export function imageObstacle(): string | false {
  if (process.platform !== 'linux') return 'images are built on Linux';
  if (!isInstalled('buildah')) return 'buildah is missing: apt-get install buildah';
  const namespace = spawnSync('unshare', ['--mount', '--', 'sh', '-c', namespaceProbe]);
  if (process.getuid?.() !== 0 || namespace.status !== 0)
    return 'this computer permits no mount namespace to run an image in';
  const buildah = new Buildah();
  try {
    const { status, stderr } = buildah.try('from', '--name', 'probe', 'scratch');
    return status === 0 ? false : `buildah cannot work here: ${stderr.trim().split('\n').at(-1)}`;
  } finally {
    rmSync(buildah.folder, { recursive: true, force: true });
  }
}

/**
 * Builds the last stage of the Containerfile over a base that has Node and its libraries and no shell. What the stage before it
 * makes are the installed packages.
 */
export function buildImage(packages: string): Image {
  const buildah = new Buildah();
  const { folder } = buildah;
  makeBase(buildah, packages);
  const built = join(folder, 'built');
  mkdirSync(join(built, 'opt', 'cardea'), { recursive: true });
  mkdirSync(join(built, 'empty', 'data'), { recursive: true });
  const copying = spawnSync('cp', ['-al', packages, join(built, 'opt', 'cardea', 'node_modules')], {
    encoding: 'utf8',
  });
  if (copying.status !== 0) throw new Error(`cp: ${copying.stderr}`);
  const file = join(folder, 'Containerfile');
  writeFileSync(file, lastStage());
  buildah.run(
    ...['build', '--format', 'docker', '--pull-never', '--file', file, '--build-arg', 'NODE_IMAGE=localhost/base'],
    ...['--build-context', `build=${built}`, '--tag', 'localhost/cardea', join(folder, 'base')],
  );
  const container = buildah.run('from', '--pull-never', 'localhost/cardea');
  const files = buildah.run('mount', container);
  const { config } = JSON.parse(buildah.run('inspect', '--type', 'image', 'localhost/cardea')).Docker as {
    config: ImageConfig;
  };
  return {
    config,
    command: (program, options) => commandIn(files, { config, program, ...options }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The definition from its arguments, without the stage that installs the packages. */
function lastStage(): string {
  const text = readFileSync(join(root, 'packaging', 'container', 'Containerfile'), 'utf8');
  const last = text.slice(text.lastIndexOf('\nFROM ') + 1);
  return [...text.matchAll(/^ARG NODE_IMAGE=.*$/gm)]
    .map(([line]) => line)
    .join('\n')
    .concat('\n', last);
}

/** An image with the Node that runs this test, and the libraries of it and of native packages, and nothing else. */
function makeBase(buildah: Buildah, packages: string): void {
  const base = join(buildah.folder, 'base');
  const put = (from: string, to: string) => {
    mkdirSync(dirname(join(base, to)), { recursive: true });
    copyFileSync(realpathSync(from), join(base, to));
  };
  put(process.execPath, '/usr/local/bin/node');
  const addons = globSync(join(packages, '**', '*.node'));
  const { stdout } = spawnSync('ldd', [process.execPath, ...addons], { encoding: 'utf8' });
  for (const [path] of stdout.matchAll(/\/\S+(?= \(0x)/g)) put(path, path);
  mkdirSync(join(base, 'tmp'));
  mkdirSync(join(base, 'etc'));
  writeFileSync(join(base, 'etc', 'hosts'), '127.0.0.1 localhost\n'); // as a container engine does
  mkdirSync(join(base, 'proc'));
  const container = buildah.run('from', 'scratch');
  buildah.run('copy', container, base, '/');
  buildah.run('config', '--env', 'PATH=/usr/local/bin', container);
  buildah.run('commit', container, 'localhost/base');
}

/**
 * What a container engine does with the image, except for the network: its files read-only, /tmp in memory, the folder of its
 * volume, the user and the environment that the image names, and no privileges to gain.
 */
function commandIn(
  files: string,
  {
    config,
    program,
    volume,
    environment,
  }: ContainerOptions & { readonly config: ImageConfig; readonly program: readonly string[] },
): readonly string[] {
  const [user, group = user] = config.User.split(':');
  chownSync(volume, Number(user), Number(group));
  const script = `set -e
    mount --make-rprivate /
    mount --bind "$1" "$1"
    mount -o remount,bind,ro "$1"
    mount -t tmpfs tmpfs "$1/tmp"
    mount -t proc proc "$1/proc" || true
    mount --bind "$2" "$1${Object.keys(config.Volumes)[0]}"
    shift 2
    exec setpriv --no-new-privs env -i "$@"`;
  const values = [...config.Env, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)];
  const chroot = ['/usr/sbin/chroot', `--userspec=${user}:${group}`, '--groups=', files];
  return ['unshare', '--mount', '--', 'sh', '-c', script, 'sh', files, volume, ...values, ...chroot, ...program];
}
