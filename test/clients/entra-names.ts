import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why there can be no namespace here, for the `skip` of `node:test`; false when there can. */
export function namespacesMissing(): string | false {
  const made = spawnSync('unshare', ['--net', '--mount', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  return !made && 'a network namespace cannot be made here: it needs root, unshare and ip';
}

/** The hosts file of the namespace: the names of Entra that clients have built in. */
const hostNames = [
  'localhost',
  'login.microsoftonline.com',
  'certauth.login.microsoftonline.com',
  'enterpriseregistration.windows.net',
];

/** What each step of a program brought; `problem` where it did not come to its end. */
export interface Run {
  readonly steps: Readonly<Record<string, unknown>>;
  readonly problem: string | undefined;
}

/** Runs one of `programs/` in a network and mount namespace in which the names of Entra lead to loopback. Blocks. */
export function runUnderEntraNames(name: string, request: object): Run {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-hosts-'));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, `127.0.0.1 ${hostNames.join(' ')}\n`);
  const script = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"';
  const file = join(import.meta.dirname, 'programs', `${name}.ts`);
  const program = [process.execPath, file, JSON.stringify(request)];
  const options = { encoding: 'utf8', timeout: 300_000 } as const;
  const ran = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', script, 'sh', hosts, ...program], options);
  rmSync(folder, { recursive: true, force: true });
  if (ran.status !== 0) return { steps: {}, problem: `${ran.status}: ${ran.stderr}${ran.stdout}` };
  return { steps: JSON.parse(ran.stdout) as Record<string, unknown>, problem: undefined };
}
