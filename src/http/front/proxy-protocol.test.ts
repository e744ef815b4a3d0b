import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readProxyHeader } from './proxy-protocol.ts';

const signature = '0d0a0d0a000d0a515549540a';
const tcp4 = `${signature}2111000cc6336407cb007101d43101bb`;
const tcp6 = `${signature}2121002420010db8000000000000000000000007${'00'.repeat(16)}d43101bb`;
const mapped = `${signature}21210024${'00'.repeat(10)}ffffc6336407${'00'.repeat(16)}d43101bb`;

const cases: readonly { readonly name: string; readonly octets: string; readonly header: object }[] = [
  { name: 'a client by IPv4', octets: tcp4, header: { kind: 'client', address: '198.51.100.7', length: 28 } },
  { name: 'a client by IPv6', octets: tcp6, header: { kind: 'client', address: '2001:db8::7', length: 52 } },
  {
    name: 'IPv4 within IPv6 is written as IPv4',
    octets: mapped,
    header: { kind: 'client', address: '198.51.100.7', length: 52 },
  },
  {
    name: 'octets after the header are not part of it',
    octets: `${tcp4}160301`,
    header: { kind: 'client', address: '198.51.100.7', length: 28 },
  },
  {
    name: 'further values of the balancer are part of it',
    octets: `${signature}21110013c6336407cb007101d43101bb03000401020304`,
    header: { kind: 'client', address: '198.51.100.7', length: 35 },
  },
  { name: 'the balancer itself', octets: `${signature}20000000`, header: { kind: 'local', length: 16 } },
  { name: 'nothing yet', octets: '', header: { kind: 'incomplete' } },
  { name: 'half of the signature', octets: signature.slice(0, 12), header: { kind: 'incomplete' } },
  { name: 'half of the addresses', octets: tcp4.slice(0, 40), header: { kind: 'incomplete' } },
];
const malformed: Readonly<Record<string, string>> = {
  'a ClientHello': '16030100a5010000a1',
  'version 1': Buffer.from('PROXY TCP4 198.51.100.7 203.0.113.1 5 443\r\n').toString('hex'),
  'another version': `${signature}3111000cc6336407cb007101d43101bb`,
  'another command': `${signature}2211000cc6336407cb007101d43101bb`,
  UDP: `${signature}2112000cc6336407cb007101d43101bb`,
  'a Unix socket': `${signature}213100d8${'00'.repeat(216)}`,
  'an unknown family': `${signature}21000000`,
  'addresses that are cut off': `${signature}21110004c6336407`,
  'a header of 64 KB': `${signature}2111ffffc6336407cb007101d43101bb`,
};

describe('version 2 of the PROXY protocol', () => {
  for (const { name, octets, header } of cases)
    test(name, () => assert.deepEqual(readProxyHeader(Buffer.from(octets, 'hex')), header));
  for (const [name, octets] of Object.entries(malformed))
    test(`${name} is refused`, () => {
      assert.equal(readProxyHeader(Buffer.from(octets, 'hex')).kind, 'malformed');
    });
  test('a header that comes octet by octet is incomplete until its last one', () => {
    const all = Buffer.from(tcp6, 'hex');
    for (let length = 0; length < all.length; length++)
      assert.equal(readProxyHeader(all.subarray(0, length)).kind, 'incomplete', `${length}`);
    assert.equal(readProxyHeader(all).kind, 'client');
  });
});
