import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program and the Debian package that brings it. */
const programs = {
  pamtester: '/usr/bin/pamtester',
  login: '/bin/login',
  'util-linux': '/bin/su',
  sudo: '/usr/bin/sudo',
  bsdutils: '/usr/bin/script',
  'libpam-modules': '/usr/sbin/mkhomedir_helper',
  opensc: '/usr/bin/pkcs11-tool',
  softhsm2: '/usr/bin/softhsm2-util',
} as const;

/** Why no computer can be set up here; false where one can. */
export function cannotSignIn(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'needs root on Linux: PAM, users and a mount namespace';
  const absent = Object.entries(programs).filter(([, file]) => !existsSync(file));
  return absent.length > 0 && `not installed: apt-get install ${absent.map(([name]) => name).join(' ')}`;
}

/** `$1` is the folder of the computer; `$2` names folders that keep what they have, and whose changes go with the computer. */
const setUp = `set -e
mount --make-rprivate /
cp -a /etc/. "$1/etc/"
mount --bind "$1/etc" /etc
mount -t tmpfs tmpfs "$1/layers"
for folder in $2; do
  layer="$1/layers$folder"
  mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay -o "lowerdir=$folder,upperdir=$layer/upper,workdir=$layer/work" overlay "$folder"
done
for folder in $3; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done
mkdir -m 755 /run/user
mkdir -p -m 755 /var/lib/cardea
echo ready
exec cat`;

/** Why no package can be installed on a computer of the tests; false where one can. */
export function cannotInstall(): string | false {
  const missing = cannotSignIn();
  if (missing !== false) return missing;
  if (!existsSync('/usr/bin/apt-get')) return 'needs Debian: apt-get';
  const satisfied = spawnSync('/usr/bin/dpkg', ['--compare-versions', debianVersion('nodejs'), 'ge', '20']);
  if (satisfied.status !== 0) return 'not installed: a Debian package nodejs of version 20 or newer';
  const { status } = spawnSync('unshare', ['--mount', '--', 'sh', '-c', tryOverlay], { stdio: 'ignore' });
  return status !== 0 && 'this kernel or container mounts no overlay over /usr';
}

/** The version of a package that is installed; 0 where it is not. */
function debianVersion(name: string): string {
  const { stdout } = spawnSync('/usr/bin/dpkg-query', ['--status', name], { encoding: 'utf8' });
  const version = /^Version: (.*)$/m.exec(stdout)?.[1] ?? '0';
  return stdout.includes('\nStatus: install ok installed\n') ? version : '0';
}

/** In a mount namespace that goes with its shell. */
const tryOverlay = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/usr,upperdir=/mnt/upper,workdir=/mnt/work overlay /usr
touch /usr/bin/written`;

/** What a program ended with, and what it wrote to both of its outputs. */
export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/**
 * A computer to sign in to: its /etc, /run, /home and /var/lib are its own, in a mount namespace, so that the accounts and
 * PAM services of this machine stay as they are. Needs root.
 */
export class Computer {
  readonly folder = mkdtempSync(join(tmpdir(), 'cardea-computer-'));
  readonly #process: ChildProcess;

  private constructor(isInstallable: boolean) {
    for (const name of ['etc', 'layers']) mkdirSync(join(this.folder, name), { mode: 0o755 });
    const folders = isInstallable ? ['/usr /var', '/run /home'] : ['', '/run /home /var/lib'];
    this.#process = spawn('unshare', ['--mount', '--', 'sh', '-c', setUp, 'sh', this.folder, ...folders], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  /** @param isInstallable packages of Debian can be installed on it, beside those of this machine */
  static async open({ isInstallable = false } = {}): Promise<Computer> {
    const computer = new Computer(isInstallable);
    await new Promise<void>((resolve, reject) => {
      computer.#process.stdout!.once('data', () => resolve());
      computer.#process.once('exit', (code) => reject(new Error(`no mount namespace: unshare ended with ${code}`)));
    });
    return computer;
  }

  /** Writes a file below its /etc. */
  writeEtc(name: string, text: string, mode = 0o644): void {
    const file = join(this.folder, 'etc', name);
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o755 });
    rmSync(file, { force: true });
    writeFileSync(file, text, { mode });
  }

  /** A shell of root. @returns what it wrote to standard output */
  shell(script: string): string {
    return execFileSync('nsenter', this.#words(['sh', '-c', script]), { encoding: 'utf8' });
  }

  /** Runs a program; its standard input has the lines. */
  async run(command: readonly string[], input: string | Buffer = ''): Promise<Ended> {
    const child = spawn('nsenter', this.#words(command));
    child.stdin.on('error', () => undefined).end(input);
    return ended(child);
  }

  /** Runs a program at a terminal of its own. Each answer is typed once its question is on the screen. */
  async runAtTerminal(command: string, answers: readonly (readonly [string, string])[]): Promise<Ended> {
    const child = spawn('nsenter', this.#words(['script', '-qec', command, '/dev/null']));
    let [text, place] = ['', 0];
    const left = [...answers];
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const [next] = left;
      const at = next ? text.indexOf(next[0], place) : -1;
      if (!next || at === -1) return;
      place = at + next[0].length;
      left.shift();
      child.stdin.write(`${next[1]}\n`);
    });
    return ended(child);
  }

  remove(): void {
    this.#process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #words(command: readonly string[]): readonly string[] {
    return [`--mount=/proc/${this.#process.pid}/ns/mnt`, '--', ...command];
  }
}

function ended(child: ChildProcess): Promise<Ended> {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}
