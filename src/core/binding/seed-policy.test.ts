import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateCertificate } from './authentication-binding/rate-certificate.ts';
import { checkX509Configuration } from './check-configuration.ts';
import type { X509CertificateConfiguration } from './policy.ts';
import {
  answersOf,
  authority,
  certificateWith,
  configurationWith,
  nameOf,
  userPrincipalName,
  userWith,
} from './testing/specimens.ts';
import { bindUser, questionsFor } from './username-binding/bind-user.ts';
import { findAccount } from './username-binding/find-account.ts';

/** The how-to's sample (spec §6, example set): issuer means single, the OID means multi; a trailing blank as printed. */
const configuration: X509CertificateConfiguration = configurationWith({
  certificateUserBindings: [
    {
      x509CertificateField: 'PrincipalName',
      userProperty: 'onPremisesUserPrincipalName',
      priority: 1,
      trustAffinityLevel: 'low',
    },
    { x509CertificateField: 'RFC822Name', userProperty: 'userPrincipalName', priority: 2, trustAffinityLevel: 'low' },
  ],
  authenticationModeConfiguration: {
    x509CertificateAuthenticationDefaultMode: 'x509CertificateSingleFactor',
    x509CertificateDefaultRequiredAffinityLevel: 'low',
    rules: [
      {
        x509CertificateRuleType: 'issuerSubject',
        identifier: 'CN=WoodgroveCA ',
        x509CertificateAuthenticationMode: 'x509CertificateSingleFactor',
      },
      {
        x509CertificateRuleType: 'policyOID',
        identifier: '1.2.3.4',
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
      },
    ],
  },
});
const pair = certificateWith({
  issuer: nameOf(['CN', 'WoodgroveCA']),
  subjectAltName: [userPrincipalName('ana@corp.local')],
  certificatePolicies: [{ policyIdentifier: '1.2.3.4' }],
});
const ana = userWith({ userPrincipalName: 'ana@woodgrove.com', onPremisesUserPrincipalName: 'ana@corp.local' });

test('the seed policy is in order, finds its user by the typed name, rates the certificate multi and binds it', () => {
  assert.deepEqual(checkX509Configuration(configuration), []);
  const path = { certificates: [pair, authority] };
  const answers = answersOf(questionsFor(pair, configuration.certificateUserBindings, 'ana@woodgrove.com'), ana);
  const account = findAccount(answers, 'ana@woodgrove.com', path, configuration);
  const rating = rateCertificate(path, configuration);
  assert.ok(account.outcome === 'passed' && rating.outcome === 'passed');
  const ruling = bindUser(
    pair,
    { bindings: configuration.certificateUserBindings, answers },
    {
      user: account.value,
      rating: rating.value,
    },
  );
  assert.equal(rating.value.mode, 'x509CertificateMultiFactor');
  assert.deepEqual(rating.because.evidence, {
    mode: 'x509CertificateMultiFactor',
    requiredAffinity: 'low',
    decidedBy: 'policyOID',
    identifiers: ['1.2.3.4'],
  });
  assert.deepEqual(ruling.because, {
    code: 'userBound',
    evidence: {
      userPrincipalName: 'ana@woodgrove.com',
      field: 'PrincipalName',
      property: 'onPremisesUserPrincipalName',
      rank: 1,
      value: 'ana@corp.local',
    },
  });
});
