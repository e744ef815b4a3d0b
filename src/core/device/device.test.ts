import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { guidOctets, guidText } from './guid.ts';
import { certificatesInHeader, numericClaim, readCompactJws } from './jose/compact-jws.ts';
import {
  decodeDeviceExtensions,
  encodeDeviceExtensions,
  octetStringContent,
} from './registration/certificate-extensions.ts';
import { windowsSupport } from './registration/windows-builds.ts';
import { readTransportKey, transportKeyBlob } from './transport-key.ts';

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jws = (header: unknown, payload: unknown = { a: 1 }) => `${base64url(header)}.${base64url(payload)}.c2ln`;

describe('what clients send is read with the tolerances of windows-sign-in 0.5', () => {
  test('standard base64 and padding are read, and the signing input stays as transmitted (0.5.3)', () => {
    const payload = Buffer.from('{"name":"a?>~ÿ"}');
    const text = `${Buffer.from('{"alg":"RS256"}').toString('base64').replace(/=+$/, '')}.${payload.toString('base64')}.c2lnbg==`;
    const ruling = readCompactJws(text);
    assert.equal(ruling.outcome, 'passed');
    assert.deepEqual(ruling.value.payloadOctets, payload);
    assert.equal(Buffer.from(ruling.value.signingInput).toString(), text.slice(0, text.lastIndexOf('.')));
    assert.deepEqual(ruling.value.signature, Buffer.from('sign'));
  });

  for (const [name, x5c] of [
    ['a string', 'AQID'],
    ['an array', ['AQID']],
  ] as const) {
    test(`x5c as ${name} is read (0.5.4)`, () => {
      const ruling = readCompactJws(jws({ x5c }));
      assert.equal(ruling.outcome, 'passed');
      const certificates = certificatesInHeader(ruling.value);
      assert.equal(certificates.outcome, 'passed');
      assert.deepEqual(certificates.value, [Buffer.from([1, 2, 3])]);
    });
  }

  test('typ may be absent and members come in any order (0.5.5)', () => {
    assert.equal(readCompactJws(jws({ ctx: 'AA', alg: 'HS256' })).outcome, 'passed');
  });

  for (const [value, expectedValue] of [
    ['1700000000', 1_700_000_000],
    [1_700_000_000, 1_700_000_000],
    ['soon', undefined],
    ['-1', undefined],
    ['1e9', undefined],
    [null, undefined],
    ['', undefined],
  ] as const) {
    test(`a numeric claim ${JSON.stringify(value)} is ${expectedValue} (0.5.6)`, () => {
      assert.equal(numericClaim({ iat: value }, 'iat'), expectedValue);
    });
  }
});

for (const [name, text] of [
  ['two parts', 'e30.e30'],
  ['four parts', 'e30.e30.e30.e30'],
  ['a header that is not JSON', `${Buffer.from('{').toString('base64url')}.e30.e30`],
  ['a header that is an array', `${base64url([])}.e30.c2ln`],
  ['a payload that is null', `e30.${base64url(null)}.c2ln`],
  ['a payload that is not UTF-8', `e30.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.c2ln`],
  ['a character outside both alphabets', 'e30.e30.c2l*'],
  ['bits beyond the last octet', 'e30.e30.c2lnbh'],
  ['a critical extension', jws({ crit: ['b64'], b64: false })],
  ['more text than a request may have', `e30.e30.${'A'.repeat(400_000)}`],
] as const) {
  test(`a JWS with ${name} is refused`, () => {
    const ruling = readCompactJws(text);
    assert.equal(ruling.outcome, 'refused');
    assert.equal(ruling.because.code, 'deviceRequestMalformed');
  });
}

for (const [name, x5c] of [
  ['is missing', undefined],
  ['is empty', []],
  ['has nine certificates', Array(9).fill('AQID')],
  ['holds a number', [1]],
  ['holds a certificate of more than 16 KiB', [Buffer.alloc(16 * 1024 + 1).toString('base64')]],
] as const) {
  test(`x5c that ${name} is refused`, () => {
    const ruling = readCompactJws(jws({ x5c }));
    assert.equal(ruling.outcome, 'passed');
    assert.equal(certificatesInHeader(ruling.value).outcome, 'refused');
  });
}

describe('transport keys', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const blob = Buffer.from(transportKeyBlob(publicKey));
  const edited = (edit: (copy: Buffer) => Buffer | undefined) => {
    const copy = Buffer.from(blob);
    return (edit(copy) ?? copy).toString('base64');
  };

  test('a blob of 283 octets is read back to the same key', () => {
    assert.equal(blob.length, 283);
    const ruling = readTransportKey(blob.toString('base64'));
    assert.equal(ruling.outcome, 'passed');
    assert.deepEqual(ruling.value.export({ format: 'jwk' }), publicKey.export({ format: 'jwk' }));
  });

  test('base64 of the text of a JWK with standard base64 members is read', () => {
    const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
    const standard = (member: string) => Buffer.from(member, 'base64url').toString('base64');
    const jwk = { kty: 'RSA', n: standard(n), e: standard(e), alg: 'RS256', kid: '1' };
    const ruling = readTransportKey(Buffer.from(JSON.stringify(jwk)).toString('base64'));
    assert.equal(ruling.outcome, 'passed');
    assert.deepEqual(ruling.value.export({ format: 'jwk' }), publicKey.export({ format: 'jwk' }));
  });

  for (const [name, text, code] of [
    ['not base64', '!', 'transportKeyUnreadable'],
    ['empty', '', 'transportKeyUnreadable'],
    ['of another magic', edited((copy) => void copy.write('RSA2')), 'transportKeyUnreadable'],
    ['with a prime length', edited((copy) => void copy.writeUInt32LE(128, 16)), 'transportKeyUnreadable'],
    ['with one octet too many', edited((copy) => Buffer.concat([copy, Buffer.alloc(1)])), 'transportKeyUnreadable'],
    ['cut short', edited((copy) => copy.subarray(0, 200)), 'transportKeyUnreadable'],
    [
      'with lengths that wrap around',
      edited((copy) => void copy.writeUInt32LE(0xffff_ffff, 8)),
      'transportKeyUnreadable',
    ],
    ['with another bit length', edited((copy) => void copy.writeUInt32LE(1024, 4)), 'transportKeyUnreadable'],
    ['with the exponent 1', edited((copy) => void copy.set([0, 0, 1], 24)), 'transportKeyWeak'],
    ['with an even exponent', edited((copy) => void copy.set([1, 0, 2], 24)), 'transportKeyWeak'],
    [
      'with an even modulus',
      edited((copy) => void copy.set([copy.at(-1)! & 0xfe], copy.length - 1)),
      'transportKeyWeak',
    ],
    [
      'of 1024 bits',
      Buffer.from(transportKeyBlob(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)).toString('base64'),
      'transportKeyWeak',
    ],
  ] as const) {
    test(`a key ${name} is refused with ${code}`, () => {
      const ruling = readTransportKey(text);
      assert.equal(ruling.outcome, 'refused');
      assert.equal(ruling.because.code, code);
    });
  }
});

describe('private extensions of a device certificate', () => {
  const extensions = {
    deviceId: '9d53c6fa-b38e-4509-8fb1-51dedb421aac',
    userId: '00112233-4455-6677-8899-aabbccddeeff',
    tenantId: 'ffffffff-0000-1111-2222-333333333333',
    isJoined: true,
    region: 'EU',
  };
  test('are read back as they were written', () => {
    assert.deepEqual(decodeDeviceExtensions(encodeDeviceExtensions(extensions)), extensions);
  });
  test('are not read when one of them is missing', () => {
    for (const oid of encodeDeviceExtensions(extensions).keys()) {
      const values = new Map(encodeDeviceExtensions(extensions));
      values.delete(oid);
      if (!oid.endsWith('.8')) assert.equal(decodeDeviceExtensions(values), undefined, oid);
    }
  });
  for (const [value, expectedValue] of [
    ['0410', undefined],
    ['040131', '31'],
    ['04810131', '31'],
    ['0481013131', undefined],
    ['0c0131', undefined],
    ['0482000131', undefined],
    ['', undefined],
  ] as const) {
    test(`the OCTET STRING ${value} has the content ${expectedValue}`, () => {
      const content = octetStringContent(Buffer.from(value, 'hex'));
      assert.equal(content && Buffer.from(content).toString('hex'), expectedValue);
    });
  }
});

test('a GUID in Windows order is read back, whatever its octets', () => {
  for (const id of [
    '9d53c6fa-b38e-4509-8fb1-51dedb421aac',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ]) {
    assert.equal(guidText(guidOctets(id.toUpperCase())), id);
  }
  assert.equal(guidText(new Uint8Array(15)), undefined);
});

for (const [version, kind] of [
  ['10.0.22000.1041', 'updateNeeded'],
  ['10.0.22000.1042', 'supported'],
  ['10.0.22621.1', 'supported'],
  ['10.0.26100.1', 'supported'],
  ['10.0.17763.3468', 'updateNeeded'],
  ['10.0.17763.3469', 'supported'],
  ['10.0.19044.2074', 'updateNeeded'],
  ['10.0.19044.2075', 'supported'],
  ['10.0.20348.1070', 'supported'],
  ['10.0.18363.9999', 'unsupported'],
  ['6.1.7601', 'unknown'],
  ['Debian 12', 'unknown'],
] as const) {
  test(`a device that reports Windows ${version} is ${kind} (entra-cba §9.3)`, () => {
    assert.equal(windowsSupport(version).kind, kind);
  });
}
