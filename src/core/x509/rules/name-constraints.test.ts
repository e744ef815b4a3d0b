import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contextPrimitive, ia5String, utf8String } from '#pki/build/der-writer.ts';
import {
  directoryName,
  dnsName,
  type GeneralNameDer,
  ipAddress,
  otherName,
  principalName,
  registeredId,
  rfc822Name,
  uri,
} from '#pki/build/fields/general-names.ts';
import { evaluateChain } from '#test/pki/chains.ts';
import { smtpUtf8Mailbox } from '../extensions/general-name.ts';

type Verdict = 'inside' | 'outside' | 'neither';
/** `inside` is allowed when permitted and refused when excluded; `neither`, which cannot be evaluated, is refused by both. */
const cases: readonly [base: [string, GeneralNameDer], name: [string, GeneralNameDer], verdict: Verdict][] = [
  [d('example.com'), d('example.com'), 'inside'],
  [d('example.com'), d('a.EXAMPLE.com'), 'inside'],
  [d('example.com'), d('notexample.com'), 'outside'],
  [d('example.com'), d('com'), 'outside'],
  [d(''), d('anything.test'), 'inside'],
  [d('.example.com'), d('a.example.com'), 'inside'],
  [d('.example.com'), d('example.com'), 'neither'],
  [d('example.com'), d('a.example.com.'), 'inside'],
  [d('example.com.'), d('a.example.com'), 'inside'],
  [d('example.com'), d('*.example.com'), 'inside'],
  [d('a.example.com'), d('*.example.com'), 'neither'],
  [d('example.com'), d('*.test'), 'outside'],
  [d('example.com'), d('a b.test'), 'neither'],
  [d('exa mple.com'), d('a.test'), 'neither'],
  [m('example.com'), m('ana@EXAMPLE.com'), 'inside'],
  [m('example.com'), m('ana@mail.example.com'), 'outside'],
  [m('.example.com'), m('ana@mail.example.com'), 'inside'],
  [m('.example.com'), m('ana@example.com'), 'outside'],
  [m('ana@example.com'), m('ana@example.com'), 'inside'],
  [m('ana@example.com'), m('bob@example.com'), 'outside'],
  [m('example.com'), m('ana@example.com.'), 'inside'],
  [m('example.com'), m('"a@b.test"@example.com'), 'neither'],
  [m('example.com'), m('"ana"@example.com'), 'neither'],
  [m('example.com'), m('ana@evil.test@example.com'), 'neither'],
  [m('Ana@example.com'), m('aNA@EXAMPLE.com'), 'inside'],
  [m(''), m('ana@example.com'), 'neither'],
  [m('example.com'), m('ana@[10.0.0.1]'), 'neither'],
  [m('example.com'), m('example.com'), 'neither'],
  [m('example.com'), m('@example.com'), 'neither'],
  // RFC 9598 §6: subtrees of rfc822Name hold SmtpUTF8Mailbox too. §3: its domain has no U-labels.
  [m('example.com'), s('zoë@example.com'), 'inside'],
  [m('example.com'), s('zoë@mail.example.com'), 'outside'],
  [m('.example.com'), s('zoë@mail.example.com'), 'inside'],
  [m('example.com'), s('zoë@other.test'), 'outside'],
  [m('xn--bcher-kva.test'), s('zoë@bücher.test'), 'neither'],
  [m('example.com'), ['SmtpUTF8Mailbox of another type', otherName(smtpUtf8Mailbox, ia5String('a@b.test'))], 'neither'],
  [u('example.com'), u('https://example.com/x'), 'inside'],
  [u('example.com'), u('https://a.example.com/'), 'outside'],
  [u('.example.com'), u('https://ana@a.example.com:8443/?q'), 'inside'],
  [u('.example.com'), u('https://a.example.com./'), 'inside'],
  [u('.example.com'), u('https://a.ex%61mple.com/'), 'neither'],
  [u('.example.com'), u('https://10.0.0.1/'), 'neither'],
  [u('.example.com'), u('https://[::1]/'), 'neither'],
  [u('.example.com'), u('https://a.test\\@b.example.com/'), 'neither'],
  [u('.example.com'), u('urn:example:com'), 'neither'],
  [i('10.0.0.0/8'), i('10.1.2.3'), 'inside'],
  [i('10.0.0.0/8'), i('11.1.2.3'), 'outside'],
  [i('10.0.0.0/8'), ['three octets', contextPrimitive(7, Uint8Array.of(10, 0, 0))], 'neither'],
  [['five octets', contextPrimitive(7, Uint8Array.of(10, 0, 0, 0, 255))], i('10.1.2.3'), 'neither'],
  [i('10.0.0.0/8'), ['IPv6', contextPrimitive(7, new Uint8Array(16))], 'outside'],
  [n('DC=test,DC=woodgrove'), n('DC=test,DC=woodgrove,CN=Ana'), 'inside'],
  [n('DC=test,DC=woodgrove'), n('DC=TEST,DC= Woodgrove ,CN=Ana'), 'inside'],
  [n('DC=test,DC=woodgrove'), n('DC=test,DC=other,CN=Ana'), 'outside'],
  [n('DC=test,DC=woodgrove'), n('DC=test'), 'outside'],
  [p('example.com'), p('ana@example.com'), 'inside'],
  [p('@example.com'), p('ana@example.com'), 'inside'],
  [p('example.com'), p('ana@other.test'), 'outside'],
  [o('example'), o('example'), 'neither'],
  [['an OID', registeredId('1.2.3')], ['an OID', registeredId('1.2.3')], 'neither'],
];

for (const side of ['permitted', 'excluded'] as const)
  describe(`a name with a subtree ${side} (RFC 5280 §4.2.1.10)`, () => {
    for (const [[baseText, base], [nameText, name], verdict] of cases) {
      const isAllowed = verdict === (side === 'permitted' ? 'inside' : 'outside');
      test(`${nameText} with ${baseText} ${side} is ${isAllowed ? 'allowed' : 'refused'}`, () => {
        // An empty subject: only the alternative names are asked about.
        const { code } = evaluateChain({
          cas: [{ nameConstraints: { [side]: [base] } }],
          leaf: { subject: '', names: [name] },
        });
        assert.equal(code, isAllowed ? 'pathValid' : 'nameNotAllowed');
      });
    }
  });

describe('which names are asked, and by whom', () => {
  const second = { permitted: [rfc822Name('example.com')] };
  const rows = [
    {
      name: 'names of another kind are not constrained',
      chain: { cas: [{ nameConstraints: second }] },
      expect: 'pathValid',
    },
    {
      name: 'the subject is a directory name',
      chain: {
        cas: [{ nameConstraints: { permitted: [directoryName('DC=test')] } }],
        leaf: { subject: 'DC=other,CN=Ana' },
      },
      expect: 'nameNotAllowed',
    },
    {
      name: 'an e-mail address in the subject counts where there is no other',
      chain: { cas: [{ nameConstraints: second }], leaf: { subject: 'E=ana@other.test' } },
      expect: 'nameNotAllowed',
    },
    {
      name: 'constraints of the CAs add up',
      chain: {
        cas: [
          { nameConstraints: { permitted: [dnsName('example.com')] } },
          { nameConstraints: { permitted: [dnsName('test')] } },
        ],
        leaf: { dns: ['a.test'] },
      },
      expect: 'nameNotAllowed',
    },
    {
      name: 'a CA below is bound too',
      chain: {
        cas: [{ nameConstraints: { permitted: [directoryName('DC=test')] } }, {}],
        leaf: { subject: 'DC=test,CN=Ana' },
      },
      expect: 'nameNotAllowed',
    },
    {
      name: 'the anchor binds (RFC 5937)',
      chain: { root: { nameConstraints: { permitted: [dnsName('example.com')] } }, leaf: { dns: ['a.test'] } },
      expect: 'nameNotAllowed',
    },
    {
      name: 'unless anchors are only keys',
      chain: {
        root: { nameConstraints: { permitted: [dnsName('example.com')] } },
        leaf: { dns: ['a.test'] },
        options: { anchorConstraints: false },
      },
      expect: 'pathValid',
    },
  ] as const;
  for (const { name, chain, expect } of rows) test(name, () => assert.equal(evaluateChain(chain).code, expect));
});

test('a giant set of constraints over a giant set of names ends with its budget', () => {
  const permittedSubtrees = Array.from({ length: 1000 }, (_, n) => dnsName(`h${n}.test`));
  const dns = Array.from({ length: 1000 }, () => 'a.h0.test');
  const because = evaluateChain({ cas: [{ nameConstraints: { permitted: permittedSubtrees } }], leaf: { dns } });
  assert.deepEqual(because, { code: 'pathBudgetSpent', evidence: { budget: 'comparisons', limit: 250_000 } });
});

function d(text: string): [string, GeneralNameDer] {
  return [`DNS "${text}"`, dnsName(text)];
}
function m(text: string): [string, GeneralNameDer] {
  return [`mail ${text}`, rfc822Name(text)];
}
function u(text: string): [string, GeneralNameDer] {
  return [`URI ${text}`, uri(text)];
}
function i(text: string): [string, GeneralNameDer] {
  return [`IP ${text}`, ipAddress(text)];
}
function n(text: string): [string, GeneralNameDer] {
  return [`name ${text}`, directoryName(text)];
}
function p(text: string): [string, GeneralNameDer] {
  return [`UPN ${text}`, principalName(text)];
}
function s(text: string): [string, GeneralNameDer] {
  return [`SmtpUTF8Mailbox ${text}`, otherName(smtpUtf8Mailbox, utf8String(text))];
}
function o(text: string): [string, GeneralNameDer] {
  return [`otherName ${text}`, otherName('1.2.3.4', utf8String(text))];
}
