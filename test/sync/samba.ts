import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'ldapts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';

/** Files by which the Debian packages show that they are installed. */
const packages: Readonly<Record<string, readonly string[]>> = {
  samba: ['/usr/sbin/samba'],
  winbind: ['/usr/sbin/winbindd'],
  'samba-ad-provision': ['/usr/share/samba/setup/ad-schema'],
  'samba-dsdb-modules': ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/samba/ldb/acl.so`),
  'samba-vfs-modules': ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/samba/vfs/acl_xattr.so`),
};

/** Why no domain controller can run here, for the `skip` of `node:test`; false when one can. */
export function sambaMissing(): string | false {
  const absent = Object.entries(packages).flatMap(([name, files]) =>
    files.some((file) => existsSync(file)) ? [] : [name],
  );
  if (absent.length > 0) return `not installed: apt-get install ${absent.join(' ')}`;
  return process.getuid?.() !== 0 && 'Samba needs root for the ports 88, 389 and 636';
}

/** Password of `administrator@…`, and of users that {@link SambaDc.addUser} adds. */
export const sambaPassword = 'Passw0rd!Sync';

export interface SambaOptions {
  /** DNS name of the domain. */
  readonly domain?: string;
  /** `KRB5_CONFIG` and the like. */
  readonly environment?: NodeJS.ProcessEnv;
  /** More lines of `[global]` in smb.conf. */
  readonly settings?: readonly string[];
}

/**
 * A Samba Active Directory domain controller on a loopback address of its own, with LDAP, LDAPS and Kerberos on their usual
 * ports. A domain is provisioned once a version of Samba and kept in the cache; each controller runs on a copy.
 */
export class SambaDc {
  readonly folder: string;
  readonly domain: string;
  /** IPv4 address below 127. */
  readonly address: string;
  /** PEM of the root of the LDAPS certificate, which names {@link host} and {@link address}. */
  readonly ca: string;
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #output = '';

  private constructor(domain: string, address: string, options: SambaOptions) {
    this.domain = domain;
    this.address = address;
    this.#environment = { ...process.env, ...options.environment };
    this.folder = mkdtempSync(join(tmpdir(), 'cardea-samba-'));
    cpSync(templateOf(domain), this.folder, { recursive: true });
    const { root, server } = makeTlsCertificate({ hosts: [this.host, address], at: new Date() });
    this.ca = root.pem;
    const tls = join(this.folder, 'private', 'tls');
    mkdirSync(tls, { recursive: true, mode: 0o700 });
    writeFileSync(join(tls, 'ca.pem'), root.pem);
    writeFileSync(join(tls, 'cert.pem'), server.pem);
    writeFileSync(join(tls, 'key.pem'), server.privateKeyPem, { mode: 0o600 });
    const configuration = readFileSync(this.#configuration, 'utf8').replaceAll(templateFolder(domain), this.folder);
    const settings = [...this.#settings(), ...(options.settings ?? [])].map((line) => `\t${line}\n`).join('');
    writeFileSync(this.#configuration, configuration.replace('[global]\n', `[global]\n${settings}`));
  }

  static async start(options: SambaOptions = {}): Promise<SambaDc> {
    const domain = options.domain ?? 'woodgrove.test';
    const dc = new SambaDc(domain, await freeAddress(), options);
    await dc.run();
    return dc;
  }

  get host(): string {
    return `dc1.${this.domain}`;
  }
  /** `DC=woodgrove,DC=test` */
  get baseDn(): string {
    return baseOf(this.domain);
  }
  /** The LDAPS address, by number: no resolver knows {@link host}. */
  get url(): string {
    return `ldaps://${this.address}`;
  }
  /** A name that a simple bind accepts. */
  get administrator(): string {
    return `administrator@${this.domain}`;
  }
  get #configuration(): string {
    return join(this.folder, 'etc', 'smb.conf');
  }
  #settings = (): string[] => [
    `interfaces = ${this.address}/8`,
    'bind interfaces only = yes',
    'server services = ldap kdc',
    `pid directory = ${this.folder}`,
    `ncalrpc dir = ${join(this.folder, 'ncalrpc')}`,
    `log file = ${join(this.folder, 'log')}`,
    'tls enabled = yes',
    'tls keyfile = tls/key.pem',
    'tls certfile = tls/cert.pem',
    'tls cafile = tls/ca.pem',
    'prefork children = 1',
  ];

  /** Starts the processes; resolves when the controller answers LDAPS. */
  async run(): Promise<void> {
    const words = ['-s', this.#configuration, '--foreground', '--no-process-group', '--debug-stdout'];
    // A session of its own, so that what it starts ends with it.
    const child = spawn('/usr/sbin/samba', words, { env: this.#environment, detached: true });
    this.#process = child;
    child.stdout.on('data', (chunk: Buffer) => (this.#output += chunk));
    child.stderr.on('data', (chunk: Buffer) => (this.#output += chunk));
    const deadline = Date.now() + 30_000;
    for (;;) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`Samba did not start: ${this.#output}`);
      const client = await this.client().catch(() => undefined);
      if (client) return client.unbind();
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  /** A connection by LDAPS, bound as the administrator. The caller unbinds it. */
  async client(): Promise<Client> {
    const client = new Client({ url: this.url, connectTimeout: 2000, tlsOptions: { ca: this.ca } });
    try {
      await client.bind(this.administrator, sambaPassword);
      return client;
    } catch (problem) {
      await client.unbind().catch(() => undefined);
      throw problem;
    }
  }

  /** Runs `work` on a connection of its own. */
  async change<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.client();
    try {
      return await work(client);
    } finally {
      await client.unbind();
    }
  }

  /** Adds an enabled user below `parent` (the users container unless given). Returns its DN. */
  async addUser(
    name: string,
    attributes: Readonly<Record<string, string | string[]>> = {},
    parent = `CN=Users,${this.baseDn}`,
  ): Promise<string> {
    const dn = `CN=${name},${parent}`;
    const password = Buffer.from(`"${sambaPassword}"`, 'utf16le') as unknown as string;
    await this.change((client) =>
      client.add(dn, {
        objectClass: ['top', 'person', 'organizationalPerson', 'user'],
        sAMAccountName: name,
        userPrincipalName: `${name}@${this.domain}`,
        displayName: name,
        unicodePwd: password,
        userAccountControl: '512',
        ...attributes,
      }),
    );
    return dn;
  }

  /** Ends every process of the controller, at once with SIGKILL. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const end = new Promise((done) => child.once('exit', done));
    const processes = [...descendantsOf(child.pid), child.pid];
    for (const pid of processes) send(signal, pid);
    await end;
    // What Samba has started may end after it, and may still make files until then.
    const deadline = Date.now() + 10_000;
    while (processes.some((pid) => send(0, pid)) && Date.now() < deadline)
      await new Promise((next) => setTimeout(next, 20));
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Sends a signal to a process; 0 only looks. @returns whether there is one */
function send(signal: NodeJS.Signals | 0, pid: number): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

const baseOf = (domain: string): string =>
  domain
    .split('.')
    .map((part) => `DC=${part}`)
    .join(',');

/** Processes started by a process, and by those. Samba puts its services into sessions of their own. */
function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([child, of]) => (of === parent && child !== undefined ? [child, ...below(child)] : []));
  return below(pid);
}

function templateFolder(domain: string): string {
  const version = spawnSync('/usr/sbin/samba', ['--version'], { encoding: 'utf8' }).stdout.trim().split(' ').at(-1);
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cardea-samba', `${version}-${domain}`);
}

/** The folder of a provisioned domain. Of two tests that provision it at once, the first one's counts. */
function templateOf(domain: string): string {
  const template = templateFolder(domain);
  if (existsSync(template)) return template;
  mkdirSync(join(template, '..'), { recursive: true });
  const work = mkdtempSync(`${template}-`);
  const { status, stderr } = spawnSync(
    '/usr/bin/samba-tool',
    [
      ...['domain', 'provision', `--targetdir=${work}`, `--realm=${domain.toUpperCase()}`],
      ...[`--domain=${domain.split('.')[0]!.toUpperCase()}`, '--server-role=dc', '--dns-backend=NONE'],
      ...[`--adminpass=${sambaPassword}`, '--host-name=dc1', '--host-ip=127.0.0.1'],
      '--option=vfs objects=dfs_samba4 acl_xattr xattr_tdb',
      `--option=xattr_tdb:file=${join(work, 'xattr.tdb')}`,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`samba-tool domain provision: ${stderr}`);
  const file = join(work, 'etc', 'smb.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(work, template));
  try {
    renameSync(work, template);
  } catch {
    rmSync(work, { recursive: true, force: true });
  }
  return template;
}

/** A loopback address on which the port of LDAPS is free: controllers of several tests run at once. */
async function freeAddress(): Promise<string> {
  for (;;) {
    const octet = () => 2 + Math.floor(Math.random() * 250);
    const address = `127.${octet()}.${octet()}.${octet()}`;
    const server = createServer();
    const isFree = await new Promise<boolean>((answer) => {
      server.once('error', () => answer(false)).listen(636, address, () => answer(true));
    });
    await new Promise<void>((done) => void server.close(() => done()));
    if (isFree) return address;
  }
}
