import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orThrow } from '../../trace/ruling.ts';
import { certificateUserIdFor } from '../identifiers/certificate-user-ids.ts';
import { type BeyondEntra, defaultX509CertificateConfiguration, type UserBinding } from '../policy.ts';
import {
  answersOf,
  certificateWith,
  mail,
  nameOf,
  userCertificate,
  userPrincipalName,
  userWith,
} from '../testing/specimens.ts';
import type { User } from '../user.ts';
import { bindUser, questionsFor } from './bind-user.ts';

const defaults = defaultX509CertificateConfiguration.certificateUserBindings;
function binding(
  x509CertificateField: UserBinding['x509CertificateField'],
  userProperty: UserBinding['userProperty'],
  priority = 1,
): UserBinding {
  return { x509CertificateField, userProperty, priority, trustAffinityLevel: 'low' };
}
const ski = 'X509:<SKI>E58EEC7C0E6FE94FB3CA8A51BC9A739FC3538F3E';
const serial = orThrow(certificateUserIdFor('IssuerAndSerialNumber', userCertificate));
const plainSerial = 'X509:<I>DC=com,DC=contoso,CN=CONTOSO-DC-CA<SR>48efa06ba8127299499b069f133441b2';
const twoNames = certificateWith({
  subjectAltName: [userPrincipalName('eve@x'), userPrincipalName('bob@woodgrove.com')],
});

interface Case {
  readonly name: string;
  readonly certificate?: typeof userCertificate;
  readonly bindings?: readonly UserBinding[];
  readonly user?: Partial<User>;
  readonly others?: readonly User[];
  readonly required?: 'low' | 'high';
  readonly options?: BeyondEntra;
  readonly code: string;
  readonly evidence: object;
}
const upn = 'bob@woodgrove.com';
const cases: readonly Case[] = [
  {
    name: 'UB-2: the factory binding matches PrincipalName with userPrincipalName',
    code: 'userBound',
    evidence: { userPrincipalName: upn, field: 'PrincipalName', property: 'userPrincipalName', rank: 1, value: upn },
  },
  {
    name: 'UB-2: the second factory binding matches RFC822Name',
    user: { userPrincipalName: 'user@woodgrove.com' },
    code: 'userBound',
    evidence: {
      userPrincipalName: 'user@woodgrove.com',
      field: 'RFC822Name',
      property: 'userPrincipalName',
      rank: 2,
      value: 'user@woodgrove.com',
    },
  },
  {
    name: 'UB-1, UB-5, UB-12: the lowest priority number is asked first, wherever it stands in the list',
    bindings: [
      binding('PrincipalName', 'userPrincipalName', 5),
      binding('SubjectKeyIdentifier', 'certificateUserIds', 0),
    ],
    user: { certificateUserIds: [ski] },
    code: 'userBound',
    evidence: {
      userPrincipalName: upn,
      field: 'SubjectKeyIdentifier',
      property: 'certificateUserIds',
      rank: 0,
      value: ski.slice(10),
    },
  },
  {
    name: 'UB-3: one field may be bound to two properties',
    bindings: [
      binding('PrincipalName', 'onPremisesUserPrincipalName', 1),
      binding('PrincipalName', 'certificateUserIds', 2),
    ],
    user: { userPrincipalName: 'r@x', certificateUserIds: ['X509:<PN>BOB@woodgrove.com'] },
    code: 'userBound',
    evidence: { userPrincipalName: 'r@x', field: 'PrincipalName', property: 'certificateUserIds', rank: 2, value: upn },
  },
  {
    name: 'UB-4: a certificate of another user does not find that user',
    user: { id: 'eve', userPrincipalName: 'eve@woodgrove.com' },
    others: [userWith()],
    code: 'bindingMismatch',
    evidence: {
      userPrincipalName: 'eve@woodgrove.com',
      tried: [
        'PrincipalName → userPrincipalName: bob@woodgrove.com',
        'RFC822Name → userPrincipalName: user@woodgrove.com',
      ],
    },
  },
  {
    name: 'UB-6: where high affinity is required a low binding does not count',
    bindings: [...defaults, binding('IssuerAndSerialNumber', 'certificateUserIds', 3)],
    required: 'high',
    code: 'bindingMismatch',
    evidence: { userPrincipalName: upn, tried: [`IssuerAndSerialNumber → certificateUserIds: ${serial.slice(8)}`] },
  },
  {
    name: 'UB-6: and a high one does',
    bindings: [...defaults, binding('IssuerAndSerialNumber', 'certificateUserIds', 3)],
    user: { certificateUserIds: [serial] },
    required: 'high',
    code: 'userBound',
    evidence: {
      userPrincipalName: upn,
      field: 'IssuerAndSerialNumber',
      property: 'certificateUserIds',
      rank: 3,
      value: serial.slice(8),
    },
  },
  {
    name: 'UB-6: a low field is not made high by what the policy claims of it',
    bindings: [{ ...binding('PrincipalName', 'userPrincipalName'), trustAffinityLevel: 'high' }],
    required: 'high',
    code: 'bindingsTooWeak',
    evidence: { requiredAffinity: 'high', dropped: ['PrincipalName → userPrincipalName'] },
  },
  {
    name: 'UB-7, UB-9, D-7: a value that is there but is not the user’s falls through',
    user: { userPrincipalName: 'USER@woodgrove.com' },
    code: 'userBound',
    evidence: {
      userPrincipalName: 'USER@woodgrove.com',
      field: 'RFC822Name',
      property: 'userPrincipalName',
      rank: 2,
      value: 'user@woodgrove.com',
    },
  },
  {
    name: 'UB-7: an absent field goes to the next binding',
    certificate: certificateWith({ subjectAltName: [mail(upn)] }),
    code: 'userBound',
    evidence: { userPrincipalName: upn, field: 'RFC822Name', property: 'userPrincipalName', rank: 2, value: upn },
  },
  {
    name: 'UB-8: when none matches the sign-in fails',
    user: { userPrincipalName: 'x@y' },
    bindings: [binding('PrincipalName', 'userPrincipalName')],
    code: 'bindingMismatch',
    evidence: { userPrincipalName: 'x@y', tried: ['PrincipalName → userPrincipalName: bob@woodgrove.com'] },
  },
  {
    name: 'UB-10: no value obtainable is 1001003',
    certificate: certificateWith({}),
    code: 'bindingValueMissing',
    evidence: { fields: ['PrincipalName', 'RFC822Name'] },
  },
  {
    name: 'UB-10: a value of two users names no user',
    bindings: [binding('SubjectKeyIdentifier', 'certificateUserIds')],
    user: { certificateUserIds: [ski] },
    others: [userWith({ id: '2', userPrincipalName: 'eve@x', certificateUserIds: [ski] })],
    code: 'bindingAmbiguous',
    evidence: { field: 'SubjectKeyIdentifier', property: 'certificateUserIds', value: ski.slice(10), found: 2 },
  },
  { name: 'UB-10: without any binding the policy is missing', bindings: [], code: 'bindingsMissing', evidence: {} },
  {
    name: 'UB-11: when affinity leaves no binding the sign-in is refused',
    required: 'high',
    code: 'bindingsTooWeak',
    evidence: {
      requiredAffinity: 'high',
      dropped: ['PrincipalName → userPrincipalName', 'RFC822Name → userPrincipalName'],
    },
  },
  {
    name: 'UB-20: one account may have several certificates of one kind',
    bindings: [binding('SubjectKeyIdentifier', 'certificateUserIds')],
    user: { certificateUserIds: ['X509:<SKI>AA', ski.toLowerCase().replace('x509:<ski>', 'X509:<SKI>')] },
    code: 'userBound',
    evidence: {
      userPrincipalName: upn,
      field: 'SubjectKeyIdentifier',
      property: 'certificateUserIds',
      rank: 1,
      value: ski.slice(10),
    },
  },
  {
    name: 'UB-29: a distinguished name of other case is another name',
    bindings: [binding('Subject', 'certificateUserIds')],
    user: { certificateUserIds: ['X509:<S>DC=com,DC=contoso,OU=UserAccounts,CN=MFATEST'] },
    code: 'bindingMismatch',
    evidence: {
      userPrincipalName: upn,
      tried: ['Subject → certificateUserIds: DC=com,DC=contoso,OU=UserAccounts,CN=mfatest'],
    },
  },
  {
    name: 'UB-30: every SAN value is tried, and the one that matched is named',
    certificate: twoNames,
    code: 'userBound',
    evidence: { userPrincipalName: upn, field: 'PrincipalName', property: 'userPrincipalName', rank: 1, value: upn },
  },
  {
    name: 'UB-31: the serial number in plain order is not accepted by itself',
    bindings: [binding('IssuerAndSerialNumber', 'certificateUserIds')],
    user: { certificateUserIds: [plainSerial] },
    code: 'bindingMismatch',
    evidence: { userPrincipalName: upn, tried: [`IssuerAndSerialNumber → certificateUserIds: ${serial.slice(8)}`] },
  },
  {
    name: 'UB-31: it is where the tenant says so',
    bindings: [binding('IssuerAndSerialNumber', 'certificateUserIds')],
    user: { certificateUserIds: [plainSerial] },
    options: { plainSerialOrder: true },
    code: 'userBound',
    evidence: {
      userPrincipalName: upn,
      field: 'IssuerAndSerialNumber',
      property: 'certificateUserIds',
      rank: 1,
      value: serial.slice(8),
    },
  },
  {
    name: 'UB-31: never when both orders are of different users',
    bindings: [binding('IssuerAndSerialNumber', 'certificateUserIds')],
    user: { certificateUserIds: [plainSerial] },
    others: [userWith({ id: '2', userPrincipalName: 'eve@x', certificateUserIds: [serial] })],
    options: { plainSerialOrder: true },
    code: 'bindingAmbiguous',
    evidence: { field: 'IssuerAndSerialNumber', property: 'certificateUserIds', value: serial.slice(8), found: 2 },
  },
  {
    name: 'D-9: the sign octet that some tools keep is understood',
    certificate: certificateWith({ serialNumber: Uint8Array.of(0, 0x9a, 0x01) }),
    bindings: [binding('IssuerAndSerialNumber', 'certificateUserIds')],
    user: { certificateUserIds: ['X509:<I>CN=Contoso CA<SR>019a00'] },
    code: 'userBound',
    evidence: {
      userPrincipalName: upn,
      field: 'IssuerAndSerialNumber',
      property: 'certificateUserIds',
      rank: 1,
      value: 'CN=Contoso CA<SR>019a',
    },
  },
  ...[[0xff], [0xff, 0x01], [0x80, 0xff]].map((octets) => ({
    name: `D-9: a negative serial number ${Buffer.from(octets).toString('hex')} is bound by no value, in either order`,
    certificate: certificateWith({ serialNumber: Uint8Array.from(octets) }),
    bindings: [binding('IssuerAndSerialNumber', 'certificateUserIds')],
    user: {
      certificateUserIds: ['ff', 'ff00', '00ff', '01ff', 'ff01', 'ff80', '80ff'].map(
        (serialNumber) => `X509:<I>CN=Contoso CA<SR>${serialNumber}`,
      ),
    },
    options: { plainSerialOrder: true },
    code: 'bindingValueMissing' as const,
    evidence: { fields: ['IssuerAndSerialNumber'] },
  })),
  {
    name: 'UB-31: in plain order 4800 is not the serial number 48',
    certificate: certificateWith({ serialNumber: Uint8Array.of(0x48, 0) }),
    bindings: [binding('IssuerAndSerialNumber', 'certificateUserIds')],
    user: { certificateUserIds: ['X509:<I>CN=Contoso CA<SR>48'] },
    options: { plainSerialOrder: true },
    code: 'bindingMismatch',
    evidence: { userPrincipalName: upn, tried: ['IssuerAndSerialNumber → certificateUserIds: CN=Contoso CA<SR>0048'] },
  },
  {
    name: 'UB-32: onPremisesUserPrincipalName is a target',
    bindings: [binding('PrincipalName', 'onPremisesUserPrincipalName')],
    user: { userPrincipalName: 'b@cloud', onPremisesUserPrincipalName: 'BOB@woodgrove.com' },
    code: 'userBound',
    evidence: {
      userPrincipalName: 'b@cloud',
      field: 'PrincipalName',
      property: 'onPremisesUserPrincipalName',
      rank: 1,
      value: upn,
    },
  },
  {
    name: 'UB-36, AB-21: a rule that requires high affinity leaves only the high binding',
    bindings: [
      binding('PrincipalName', 'userPrincipalName', 1),
      binding('IssuerAndSerialNumber', 'certificateUserIds', 2),
    ],
    user: { certificateUserIds: [serial] },
    required: 'high',
    code: 'userBound',
    evidence: {
      userPrincipalName: upn,
      field: 'IssuerAndSerialNumber',
      property: 'certificateUserIds',
      rank: 2,
      value: serial.slice(8),
    },
  },
];
for (const {
  name,
  certificate = userCertificate,
  bindings = defaults,
  user,
  others = [],
  required = 'low',
  options = {},
  code,
  evidence,
} of cases) {
  test(name, () => {
    const someone = userWith(user);
    const answers = answersOf(
      questionsFor(certificate, bindings, someone.userPrincipalName, options),
      someone,
      ...others,
    );
    const claim = { user: someone, rating: { requiredAffinity: required } };
    const ruling = bindUser(certificate, { bindings, answers }, claim, options);
    assert.deepEqual(ruling.because, { code, evidence });
  });
}

test('UB-19: one certificate opens several accounts, each by a different kind of value', () => {
  const bindings = [
    binding('SubjectKeyIdentifier', 'certificateUserIds', 1),
    binding('SHA1PublicKey', 'certificateUserIds', 2),
    binding('IssuerAndSerialNumber', 'certificateUserIds', 3),
  ];
  const users = bindings.map(({ x509CertificateField: field }, i) =>
    userWith({
      id: `${i}`,
      userPrincipalName: `${i}@x`,
      certificateUserIds: [orThrow(certificateUserIdFor(field, userCertificate))],
    }),
  );
  const answers = answersOf(questionsFor(userCertificate, bindings, '0@x'), ...users);
  const fields = users.map((user) =>
    bindUser(userCertificate, { bindings, answers }, { user, rating: { requiredAffinity: 'high' } }),
  );
  assert.deepEqual(
    fields.map((ruling) => ruling.outcome === 'passed' && ruling.value.field),
    bindings.map((b) => b.x509CertificateField),
  );
});

test('the directory is asked once for the typed name and for every value of the certificate', () => {
  assert.deepEqual(questionsFor(userCertificate, defaults, 'BOB@woodgrove.com'), [
    { property: 'userPrincipalName', value: 'BOB@woodgrove.com' },
    { property: 'userPrincipalName', value: 'bob@woodgrove.com' },
    { property: 'userPrincipalName', value: 'user@woodgrove.com' },
  ]);
});

test('a name that must never match is not even asked for', () => {
  assert.deepEqual(questionsFor(certificateWith({}), defaults, 'bob\u200b@woodgrove.com'), []);
});

const tricks = [
  'bob@woodgrove.com.',
  'ｂob@woodgrove.com',
  'b\u043eb@woodgrove.com',
  'bob@woodgrove.com\0',
  '\u212Bob@x',
  'bob @woodgrove.com',
];
for (const trick of tricks) {
  test(`a certificate for ${JSON.stringify(trick)} is not bob’s`, () => {
    const certificate = certificateWith({ subjectAltName: [userPrincipalName(trick)], subject: nameOf(['CN', 'Eve']) });
    const answers = [{ question: { property: 'userPrincipalName', value: trick } as const, users: [userWith()] }];
    const ruling = bindUser(
      certificate,
      { bindings: defaults, answers },
      { user: userWith(), rating: { requiredAffinity: 'low' } },
    );
    assert.equal(ruling.outcome, 'refused');
    assert.match(ruling.because.code, /^binding(Mismatch|ValueMissing)$/);
  });
}

test('UB-21: a certificate whose every value is one account’s opens no other', () => {
  const fields = [
    'PrincipalName',
    'RFC822Name',
    'IssuerAndSubject',
    'Subject',
    'SubjectKeyIdentifier',
    'SHA1PublicKey',
    'IssuerAndSerialNumber',
  ] as const;
  const bindings = fields.map((field, i) => binding(field, 'certificateUserIds', i));
  const owner = userWith({
    certificateUserIds: fields.map((field) => orThrow(certificateUserIdFor(field, userCertificate))),
  });
  const eve = userWith({ id: 'eve', userPrincipalName: 'eve@x' });
  const answers = answersOf(questionsFor(userCertificate, bindings, 'eve@x'), owner, eve);
  const outcomes = [owner, eve].map(
    (user) =>
      bindUser(userCertificate, { bindings, answers }, { user, rating: { requiredAffinity: 'low' } }).because.code,
  );
  assert.deepEqual(outcomes, ['userBound', 'bindingMismatch']);
});
