import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testCa } from '#test/pki/test-ca.ts';
import { type ProxyFormatName, proxyFormat } from './formats.ts';

const root = testCa('Proxied Root');
const issuing = root.issueCa('Proxied Issuing');
const card = issuing.issueUserCertificate({ subject: 'CN=Ana' });
const [der, chainDer] = [card.der, issuing.der].map((octets) => Buffer.from(octets));
const base64 = der!.toString('base64');
const folded = card.pem.trim().replaceAll('\n', ' ');
const escaped = encodeURIComponent(card.pem);

describe('what a proxy writes is read', () => {
  const rows: readonly (readonly [format: ProxyFormatName, value: string, chain?: 'with the chain'])[] = [
    ['rfc9440', `:${base64}:`],
    ['nginx', escaped],
    ['nginx', escaped.replaceAll('%0A', '%0D%0A')],
    ['apache', folded],
    ['apache', `${folded} `],
    ['haproxy', base64],
    ['traefik', base64],
    ['traefik', encodeURIComponent(base64)],
    ['traefik', `${base64},${chainDer!.toString('base64')}`, 'with the chain'],
    ['envoy', `Hash=${'a'.repeat(64)};Cert="${escaped}"`],
    ['envoy', `By=spiffe://a/b;Hash=0;Subject="CN=Ana,O=\\"Wood;grove\\"";Cert="${escaped}";URI=a;URI=b`],
    ['envoy', `Cert="${escaped}";Chain="${encodeURIComponent(card.pem + issuing.pem)}"`, 'with the chain'],
  ];
  for (const [format, value, chain] of rows)
    test(`${format}: ${value.slice(0, 40)}… ${chain ?? ''}`, () => {
      const forwarded = proxyFormat(format).read(value, []);
      assert.deepEqual(Buffer.from(forwarded!.leaf), der);
      assert.deepEqual(
        forwarded!.chain.map((item) => Buffer.from(item)),
        chain ? [chainDer] : [],
      );
    });
});

describe('a proxy says that its client sent no certificate', () => {
  const rows = [
    ['nginx', ''],
    ['apache', '(null)'],
    ['apache', ''],
    ['haproxy', ''],
    ['traefik', ''],
    ['envoy', ''],
  ] as const;
  for (const [format, value] of rows)
    test(`${format}: "${value}"`, () => assert.equal(proxyFormat(format).read(value, []), undefined));
});

describe('what could be read in two ways is refused', () => {
  const rows: readonly (readonly [format: ProxyFormatName, value: string, why: RegExp])[] = [
    ['rfc9440', base64, /not a byte sequence/],
    ['rfc9440', `:${base64}:, :${base64}:`, /not a byte sequence/],
    ['rfc9440', ':MAB=:', /not base64/],
    ['nginx', escaped + escaped, /not one certificate/],
    ['nginx', '%zz', /percent-encoding/],
    ['nginx', base64, /not one certificate/],
    ['nginx', '(null)', /not one certificate/],
    ['apache', `${folded} ${folded}`, /not one certificate/],
    ['apache', escaped, /not one certificate/],
    ['apache', `${folded}, ${folded}`, /not one certificate/],
    ['haproxy', `:${base64}:`, /not base64/],
    ['haproxy', `${base64},${base64}`, /not base64/],
    ['haproxy', `${base64.replace(/=+$/, '')}===`, /not base64/],
    ['traefik', `${base64},${Array.from({ length: 11 }, () => 'MAA=').join(',')}`, /more than 11/],
    ['traefik', card.pem.replaceAll('\n', ''), /not base64/],
    ['envoy', `Hash=0;Subject="CN=Ana"`, /no Cert/],
    ['envoy', `Cert="${escaped}",Cert="${escaped}"`, /more than one element/],
    ['envoy', `Cert="${escaped}";cert="${escaped}"`, /cert twice/],
    ['envoy', `Subject="a;Cert=${escaped}`, /not closed/],
    ['envoy', `Subject="a\\";Cert=\\"${escaped}"`, /no Cert/],
  ];
  for (const [format, value, why] of rows)
    test(`${format}: ${value.slice(0, 30)}… (${why.source})`, () => {
      assert.throws(() => proxyFormat(format).read(value, []), why);
    });
});
