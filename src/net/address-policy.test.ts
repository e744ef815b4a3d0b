import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { spellingsOf } from '#test/net/spellings.ts';
import { refusalOf } from './address-policy.ts';

const never = {
  '169.254.169.254': 'a link-local address',
  '169.254.0.1': 'a link-local address',
  '169.254.170.2': 'a link-local address',
  '168.63.129.16': 'the address of a cloud metadata service',
  '100.100.100.200': 'the address of a cloud metadata service',
  '192.0.0.192': 'the address of a cloud metadata service',
  '0.0.0.0': 'the unspecified address',
  '0.1.2.3': 'the unspecified address',
  '224.0.0.1': 'a multicast address',
  '239.255.255.250': 'a multicast address',
  '255.255.255.255': 'the broadcast address',
} as const;

const neverIpv6 = {
  '::': 'the unspecified address',
  '0:0:0:0:0:0:0:0': 'the unspecified address',
  '[::]': 'the unspecified address',
  'fe80::1': 'a link-local address',
  'FE80::1%eth0': 'a link-local address',
  '[febf::1%25eth0]': 'a link-local address',
  'fe80::a9fe:a9fe': 'the address of a cloud metadata service',
  'fd00:ec2::254': 'the address of a cloud metadata service',
  'fd00:0ec2:0:0:0:0:0:0254': 'the address of a cloud metadata service',
  'fd20:ce::254': 'the address of a cloud metadata service',
  'ff02::1': 'a multicast address',
  'ff0e::1': 'a multicast address',
} as const;

const byTheSetting = ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1', '127.255.255.254'];
const alsoByTheSetting = ['100.64.0.1', '100.127.255.255', '198.18.0.1', '192.0.0.1', '240.0.0.1'];
const ipv6ByTheSetting = ['::1', '[::1]', 'fd12:3456::1', 'fc00::1', 'fec0::1', '100::1', '0:0:0:0:0:0:0:1%lo'];

const permittedSubtrees = [
  '8.8.8.8',
  '172.32.0.1',
  '172.15.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '223.255.255.255',
  '1.1.1.1',
];
const namesAndPublicIpv6 = [
  '2606:4700::1111',
  '2a00:1450::1',
  'example.com',
  'localhost',
  '1.2.3.4.5',
  '256.1.1.1',
  '',
];
const noAddresses = ['0x1ffffffff', '4294967296', '1..2', '09.1.1.1', 'fe80:::1', '1:2:3', 'a.b:c', '12.example'];

/** The local-use prefix of NAT64 is private in itself; only one of its layouts can be distinguished from the others with zeros. */
const isLocalNat64 = (spelling: string) => spelling.startsWith('64:ff9b:1:');
const isUnambiguous = (spelling: string, _: number, [address]: readonly string[]) =>
  !isLocalNat64(spelling) || !address!.startsWith('0.');

describe('the address policy', () => {
  for (const [address, kind] of Object.entries(never))
    test(`never permits ${address} (${kind}), in no spelling, whatever the setting`, () => {
      for (const spelling of spellingsOf(address).filter(isUnambiguous))
        for (const setting of ['allow', 'refuse'] as const) {
          const problem = refusalOf(spelling, setting) ?? 'permitted';
          assert.ok(problem.endsWith(` is ${kind}`), `${spelling}: ${problem}`);
        }
    });

  for (const [address, kind] of Object.entries(neverIpv6))
    test(`never permits ${address}`, () => {
      for (const setting of ['allow', 'refuse'] as const)
        assert.match(refusalOf(address, setting) ?? 'permitted', new RegExp(` is ${kind}$`));
    });

  for (const address of [...byTheSetting, ...alsoByTheSetting])
    test(`permits ${address} by the setting, in every spelling`, () => {
      for (const spelling of spellingsOf(address)) {
        assert.match(refusalOf(spelling, 'refuse') ?? 'permitted', / is not a public address$/, spelling);
        if (!isLocalNat64(spelling) || spelling.startsWith('64:ff9b:1::'))
          assert.equal(refusalOf(spelling, 'allow'), undefined, spelling);
      }
    });
  for (const address of ipv6ByTheSetting)
    test(`permits ${address} by the setting`, () => {
      assert.equal(refusalOf(address, 'allow'), undefined);
      assert.match(refusalOf(address, 'refuse') ?? 'permitted', / is not a public address$/);
    });

  for (const address of permittedSubtrees)
    test(`always permits ${address}`, () => {
      for (const spelling of spellingsOf(address).filter((item) => !isLocalNat64(item)))
        assert.equal(refusalOf(spelling, 'refuse'), undefined, spelling);
    });
  for (const host of [...namesAndPublicIpv6, ...noAddresses])
    test(`leaves "${host}" to the resolver or permits it`, () => assert.equal(refusalOf(host, 'refuse'), undefined));
});
