import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificateWith, nameOf, userPrincipalName } from '#core/binding/testing/specimens.ts';
import { CardeaError } from '#core/trace/fault.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import type { CardCertificate } from './card-key.ts';
import { chooseCertificate } from './choose-certificate.ts';

const at = new Date('2026-06-01T12:00:00Z');
const entry = (name: string, fields: Partial<Certificate> = {}): CardCertificate => ({
  certificate: certificateWith({
    subject: nameOf(['CN', name]),
    subjectAltName: [userPrincipalName(`${name.toLowerCase()}@woodgrove.example`)],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
    ...fields,
  }),
  chain: [],
  place: `key of ${name}`,
  unlock: () => Promise.reject(new Error('no PIN is needed to choose')),
});
const [ana, ben] = [entry('Ana'), entry('Ben')];
const old = entry('Old', { notAfter: new Date('2026-01-02T00:00:00Z') });
const encryption = entry('Encryption', { keyUsage: new Set(['keyEncipherment'] as const) });
const noTerminal = async () => undefined;

async function nameOrCode(
  entries: readonly CardCertificate[],
  number?: string,
  choose = noTerminal as () => Promise<number | undefined>,
) {
  try {
    const { place } = await chooseCertificate(entries, at, number, choose);
    return place;
  } catch (thrown) {
    assert.ok(thrown instanceof CardeaError, String(thrown));
    return thrown.because.code;
  }
}

describe('the certificate of a card that signs in (windows-sign-in §4.1)', () => {
  const cases: readonly (readonly [string, readonly CardCertificate[], string | undefined, string])[] = [
    ['the only suitable one needs no choice', [old, ana, encryption], undefined, 'key of Ana'],
    ['several need a choice', [ana, ben], undefined, 'signInCertificateChoice'],
    ['a number counts the suitable ones from 1', [old, ana, ben], '2', 'key of Ben'],
    ['there is no number 0', [ana, ben], '0', 'commandMisused'],
    ['there is no number 3 of two', [ana, ben], '3', 'commandMisused'],
    ['a number is digits', [ana, ben], '1x', 'commandMisused'],
    ['none is suitable', [old, encryption], undefined, 'signInCertificateMissing'],
    ['none is suitable, and a number does not help', [old], '1', 'signInCertificateMissing'],
    ['the card is empty', [], undefined, 'signInCertificateMissing'],
  ];
  for (const [name, entries, number, expectedValue] of cases) {
    test(name, async () => assert.equal(await nameOrCode(entries, number), expectedValue));
  }

  test('a person sees subject, issuer, end of validity, principal name and key of each, and types a number', async () => {
    const lists: (readonly (readonly string[])[])[] = [];
    const choice = await chooseCertificate([old, ana, ben], at, undefined, async (rows) => {
      lists.push(rows);
      return 2;
    });
    assert.equal(choice, ben);
    assert.deepEqual(lists, [
      [
        ['', 'Subject', 'Issuer', 'Valid until', 'Principal name', 'Key'],
        ['1', 'CN=Ana', 'CN=Contoso CA', '2027-01-01', 'ana@woodgrove.example', 'key of Ana'],
        ['2', 'CN=Ben', 'CN=Contoso CA', '2027-01-01', 'ben@woodgrove.example', 'key of Ben'],
      ],
    ]);
  });

  test('the message says of each certificate why it cannot be used', async () => {
    await assert.rejects(
      chooseCertificate([old, encryption], at, undefined, noTerminal),
      (thrown: Error) => /CN=Old/.test(thrown.message) && /CN=Encryption/.test(thrown.message),
    );
  });
});
