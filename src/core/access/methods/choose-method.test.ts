import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseMethod, type MethodChoice } from './choose-method.ts';

const available = ['password', 'x509CertificateMultiFactor', 'fido2'] as const;
const cases: readonly (MethodChoice & { readonly name: string; readonly preferred: string | undefined })[] = [
  {
    name: 'MRU-1: the last method comes back by itself',
    available,
    systemPreferred: 'disabled',
    factor: 'first',
    mostRecentlyUsed: 'x509CertificateMultiFactor',
    preferred: 'x509CertificateMultiFactor',
  },
  {
    name: 'MRU-1: a certificate is remembered as one, whatever its strength was',
    available,
    systemPreferred: 'disabled',
    factor: 'first',
    mostRecentlyUsed: 'x509CertificateSingleFactor',
    preferred: 'x509CertificateMultiFactor',
  },
  {
    name: 'MRU-2, MRU-3: after another method that one is remembered',
    available,
    systemPreferred: 'disabled',
    factor: 'first',
    mostRecentlyUsed: 'password',
    preferred: 'password',
  },
  {
    name: 'a remembered method that is gone starts nothing',
    available,
    systemPreferred: 'disabled',
    factor: 'first',
    mostRecentlyUsed: 'sms',
    preferred: undefined,
  },
  {
    name: 'without a last method or a preference the choice page is shown',
    available,
    systemPreferred: 'disabled',
    factor: 'first',
    preferred: undefined,
  },
  {
    name: 'SPA-1: enabled chooses only the second factor',
    available,
    systemPreferred: 'enabled',
    factor: 'first',
    preferred: undefined,
  },
  {
    name: 'SPA-1: and there the strongest',
    available,
    systemPreferred: 'enabled',
    factor: 'second',
    preferred: 'fido2',
  },
  {
    name: 'SPA-1: managed chooses the first factor too, above habit',
    available,
    systemPreferred: 'default',
    factor: 'first',
    mostRecentlyUsed: 'password',
    preferred: 'fido2',
  },
  {
    name: 'SPA-2: a Temporary Access Pass comes first',
    available: ['fido2', 'temporaryAccessPassOneTime'],
    systemPreferred: 'default',
    factor: 'first',
    preferred: 'temporaryAccessPassOneTime',
  },
  {
    name: 'SPA-2: a certificate is third, before the phone and the password',
    available: ['password', 'deviceBasedPush', 'x509CertificateSingleFactor'],
    systemPreferred: 'default',
    factor: 'first',
    preferred: 'x509CertificateSingleFactor',
  },
];
for (const { name, preferred, ...choice } of cases) {
  test(name, () => assert.equal(chooseMethod(choice).preferred, preferred));
}

test('PAGE-5, SPA-3: every other method stays on offer, strongest first', () => {
  const { others: alternatives } = chooseMethod({ available, systemPreferred: 'default', factor: 'first' });
  assert.deepEqual(alternatives, ['x509CertificateMultiFactor', 'password']);
});
