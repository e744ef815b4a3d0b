import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { readBundle } from '#core/x509/bundle.ts';
import type { AuthorityRow, TrustStoreState } from '#model/authority.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { refusedWith } from '#test/refused-with.ts';
import { storeLimits } from '../authority/authority-rules.ts';
import { candidateOf, replaceIn } from '../classic-store.ts';
import { checkSelection, type SelectionRules, selectForClassic, selectForContainer } from './bundle-selection.ts';

const at = new Date('2027-03-01T12:00:00Z');
const root = testCa('Bundle Root', { crlUrl: 'http://crl.contoso.example/root.crl' });
const issuing = root.issueCa('Bundle Issuing');
const expired = root.issueCa('Bundle Expired', { notAfter: new Date('2027-02-28T00:00:00Z') });
const userCertificate = issuing.issueUserCertificate({ upn: 'ana@woodgrove.test' });
const renewed = testCa('Bundle Root', { key: root.privateKey });

const empty: TrustStoreState = {
  algorithms: defaultAlgorithmPolicy,
  version: '1',
  containers: [],
  authorities: [],
  deletedContainers: [],
  deletedAuthorities: [],
};
const addresses = {
  crlPrivateAddresses: true,
  federationPrivateAddresses: true,
} as unknown as SelectionRules['addresses'];
const rules: SelectionRules = { at, addresses };
const entriesOf = (...files: readonly { readonly pem: string }[]) => {
  const ruling = readBundle(Buffer.from(files.map(({ pem }) => pem).join('\n')));
  assert.equal(ruling.outcome, 'passed');
  return (ruling as Extract<typeof ruling, { outcome: 'passed' }>).value;
};
/** The classic store with these CAs. */
const storeOf = (...files: readonly { readonly pem: string }[]): TrustStoreState => {
  const { fresh } = selectForClassic(empty, entriesOf(...files), rules);
  return orThrow(replaceIn(empty, fresh, at)).next;
};
const reasonsOf = ({ leftOut }: { readonly leftOut: readonly { position: number; because: { code: string } }[] }) =>
  leftOut.map(({ position, because }) => `${position} ${because.code}`);

describe('what a bundle brings to the classic store', () => {
  for (const { name, files, current, fresh, present, leftOut } of [
    { name: 'a root and an issuing CA', files: [root, issuing], current: empty, fresh: 2, present: 0, leftOut: [] },
    { name: 'a CA that it has twice', files: [root, root], current: empty, fresh: 1, present: 0, leftOut: [] },
    { name: 'a CA of the store', files: [root, issuing], current: storeOf(root), fresh: 1, present: 1, leftOut: [] },
    {
      name: 'a card',
      files: [userCertificate, issuing],
      current: empty,
      fresh: 1,
      present: 0,
      leftOut: ['1 authorityNotCa'],
    },
    {
      name: 'an expired CA (TS-3)',
      files: [root, expired],
      current: empty,
      fresh: 1,
      present: 0,
      leftOut: ['2 authorityExpired'],
    },
    {
      name: 'another certificate of a CA that the store has',
      files: [renewed],
      current: storeOf(root),
      fresh: 0,
      present: 0,
      leftOut: ['1 authorityDuplicate'],
    },
    {
      name: 'two certificates of one CA',
      files: [root, renewed],
      current: empty,
      fresh: 1,
      present: 0,
      leftOut: ['2 authorityDuplicate'],
    },
  ])
    test(`${name}: ${fresh} new, ${present} present, left out: ${leftOut.join(', ') || '—'}`, () => {
      const selection = selectForClassic(current, entriesOf(...files), rules);
      assert.deepEqual(
        [selection.fresh.length, selection.present.length, reasonsOf(selection)],
        [fresh, present, leftOut],
      );
    });

  test('root or intermediate is what the certificate is, and the CRL address is its own first one (TS-7)', () => {
    const { fresh } = selectForClassic(empty, entriesOf(root, issuing), rules);
    assert.deepEqual(
      fresh.map(({ authorityType, certificateRevocationListUrl }) => [authorityType, certificateRevocationListUrl]),
      [
        ['root', undefined],
        ['intermediate', 'http://crl.contoso.example/root.crl'],
      ],
    );
  });

  test('a full store takes no more, and says so of each certificate', () => {
    const [row] = storeOf(root).authorities;
    const full = Array.from(
      { length: storeLimits.authorities - 1 },
      (_, i): AuthorityRow => ({ ...row!, id: String(i) }),
    );
    const other = testCa('Other Root');
    const selection = selectForClassic({ ...empty, authorities: full }, entriesOf(issuing, other), rules);
    assert.deepEqual([selection.fresh.length, reasonsOf(selection)], [1, ['2 authorityLimitReached']]);
  });
});

describe('what a bundle brings to a PKI', () => {
  test('an expired CA too, with the settings that were given for all of them', () => {
    const settings = { certificateRevocationListUrl: 'http://crl.contoso.example/all.crl', isIssuerHintEnabled: true };
    const { fresh, leftOut } = selectForContainer(empty, entriesOf(issuing, expired), 'pki', { ...rules, settings });
    assert.deepEqual(leftOut, []);
    for (const row of fresh)
      assert.deepEqual(
        [row.store, row.containerId, row.certificateRevocationListUrl, row.isIssuerHintEnabled],
        ['pki', 'pki', settings.certificateRevocationListUrl, true],
      );
  });
});

describe('when a whole bundle is refused', () => {
  const select = (...files: readonly { readonly pem: string }[]) => selectForClassic(empty, entriesOf(...files), rules);
  for (const { name, selection, allOrNone, code } of [
    { name: 'one usable of two', selection: select(root, userCertificate), allOrNone: false, code: undefined },
    {
      name: 'one usable of two, where all were wanted',
      selection: select(root, userCertificate),
      allOrNone: true,
      code: 'authorityNotCa',
    },
    { name: 'its only certificate', selection: select(userCertificate), allOrNone: false, code: 'authorityNotCa' },
    {
      name: 'none usable of two',
      selection: select(userCertificate, expired),
      allOrNone: false,
      code: 'bundleWithoutCa',
    },
    { name: 'all usable', selection: select(root, issuing), allOrNone: true, code: undefined },
  ])
    test(`${name}: ${code ?? 'it is taken'}`, () => {
      if (code) assert.throws(() => orThrow(checkSelection(selection, allOrNone)), refusedWith(code));
      else orThrow(checkSelection(selection, allOrNone));
    });
});

describe('the classic store is replaced as a whole', () => {
  const current = storeOf(root, issuing);
  const list = current.authorities.map(candidateOf);
  const later = new Date('2060-01-01T00:00:00Z');

  test('the same list changes nothing, and no row gets another id', () => {
    const { next, changes } = orThrow(replaceIn(current, list, at));
    assert.deepEqual([changes, next.authorities], [[], current.authorities]);
  });

  test('a CA with another address keeps its id, in one entry of the audit log', () => {
    const certificateRevocationListUrl = 'http://crl.contoso.example/new.crl';
    const { next, changes } = orThrow(
      replaceIn(current, [{ ...list[0]!, certificateRevocationListUrl }, list[1]!], at),
    );
    assert.deepEqual(
      next.authorities.map(({ id }) => id),
      current.authorities.map(({ id }) => id),
    );
    assert.equal(next.authorities[0]?.certificateRevocationListUrl, certificateRevocationListUrl);
    assert.equal(changes.length, 1);
  });

  test('CAs of the PKI-based store stay', () => {
    const pki = { ...current.authorities[0]!, id: 'p', store: 'pki' as const };
    const { next } = orThrow(replaceIn({ ...current, authorities: [...current.authorities, pki] }, [], at));
    assert.deepEqual(next.authorities, [pki]);
  });

  test('an expired CA stops every upload, and is deleted anyway (TS-3)', () => {
    assert.throws(
      () => orThrow(replaceIn(current, [{ ...list[0]!, isIssuerHintEnabled: true }, list[1]!], later)),
      refusedWith('authorityExpired'),
    );
    assert.equal(orThrow(replaceIn(current, [list[1]!], later)).next.authorities.length, 1);
  });
});
