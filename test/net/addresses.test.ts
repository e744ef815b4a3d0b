import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { spellingsOf } from './spellings.ts';

/** What {@link ./isolated.ts} prints. */
interface Attempt {
  readonly host: string;
  readonly client: string;
  readonly setting: 'allow' | 'refuse';
  readonly answer: string;
  /** Local addresses that a plain TCP connection to this host reached. */
  readonly control: readonly string[];
  readonly reached: readonly string[];
}

/** Addresses of the loopback interface in the namespace, and what the policy says about them. */
const addresses = {
  '169.254.169.254': 'never',
  '168.63.129.16': 'never',
  '100.100.100.200': 'never',
  '10.9.8.7': 'setting',
  '100.64.1.1': 'setting',
  '127.0.0.1': 'setting',
  '8.8.4.4': 'always',
  'fd00:ec2::254': 'never',
  'fe80::1': 'never',
  '64:ff9b::a9fe:a9fe': 'never',
  '2002:a9fe:a9fe::1': 'never',
  '::1': 'setting',
  'fd12:3456::1': 'setting',
  '64:ff9b::a09:807': 'setting',
  '2606:4700::1': 'always',
} as const;
type Expected = (typeof addresses)[keyof typeof addresses];

/** Reach a server on this machine too, or are no single machine. */
const more = [
  '0.0.0.0',
  '0',
  '0x0',
  '[::]',
  '[::ffff:0:0]',
  '[fe80::1%25lo]',
  '255.255.255.255',
  '224.0.0.1',
  '[ff02::1]',
];

const expectations: ReadonlyMap<string, Expected> = new Map([
  ...Object.entries(addresses).flatMap(([address, expectedValue]) =>
    hostsOf(address).map((host): [string, Expected] => [host, expectedValue]),
  ),
  ...more.map((host): [string, Expected] => [host, 'never']),
]);

/** As URLs name them; IPv6 addresses that contain the IPv4 address lead elsewhere and have rows of their own. */
function hostsOf(address: string): readonly string[] {
  if (address.includes(':')) return [`[${address}]`];
  return [...spellingsOf(address).filter((item) => !item.includes(':')), `[::ffff:${address}]`];
}

/** A network of its own, in which nothing but loopback exists. */
function inNamespace(command: string): SpawnSyncReturns<string> {
  return spawnSync('unshare', ['-n', 'sh', '-c', command], { encoding: 'utf8', timeout: 120_000 });
}
const probe = inNamespace('ip link set lo up');
const skip =
  probe.status === 0
    ? false
    : `a network namespace cannot be made here (${probe.error?.message ?? probe.stderr.trim()}): it needs root, unshare and ip`;

describe('no client connects to an address that the policy refuses', { skip }, () => {
  const hosts = [...expectations.keys()];
  const addition = Object.keys(addresses)
    .filter((address) => address !== '127.0.0.1' && address !== '::1')
    .map((address) =>
      address.includes(':')
        ? `{ ip -6 addr add ${address}/128 dev lo nodad || true; }`
        : `ip addr add ${address}/32 dev lo`,
    );
  const program = `"${process.execPath}" "${join(import.meta.dirname, 'isolated.ts')}" '${JSON.stringify({ hosts })}'`;
  const ran = inNamespace(['ip link set lo up', ...addition, `exec ${program}`].join(' && '));
  const attempts = (ran.status === 0 ? JSON.parse(ran.stdout) : []) as readonly Attempt[];

  test('every client tried every spelling, and most of them lead a plain connection to the server', () => {
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(attempts.length, hosts.length * 5 * 2);
    const open = new Set(attempts.filter(({ control }) => control.length > 0).map(({ host }) => host));
    assert.ok(open.size > hosts.length * 0.8, `a plain connection reached only ${[...open]}`);
  });

  for (const client of ['crl', 'ldap', 'ocsp', 'upload', 'logout'])
    test(`${client}: forbidden addresses are never reached, private ones by the setting, public ones always`, () => {
      for (const attempt of attempts.filter((attempt) => attempt.client === client)) {
        const expect = expectations.get(attempt.host);
        const permittedSubtrees = expect === 'always' || (expect === 'setting' && attempt.setting === 'allow');
        if (!permittedSubtrees) assert.deepEqual(attempt.reached, [], JSON.stringify(attempt));
        if (!permittedSubtrees) assert.match(attempt.answer, refusals[client]!, JSON.stringify(attempt));
        if (permittedSubtrees && attempt.control.length > 0)
          assert.ok(attempt.reached.length > 0, JSON.stringify(attempt));
      }
    });
});

/** A spelling that a client does not take for an address at all ends in the answer about malformed URLs or unknown names. */
const refusals: Readonly<Record<string, RegExp>> = {
  crl: /^crlAddressRefused$/,
  ldap: /^crl(AddressRefused|Unreachable)$/,
  ocsp: /^ocspAddressRefused$/,
  upload: /^uploadUrlRefused at once$/,
  logout: /^(AddressRefused|Failed to parse URL .*|TypeError)$/,
};
