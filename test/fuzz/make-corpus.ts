import '#server/reasons/join.ts';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Authority, AuthorityOptions } from '#pki/build/authority.ts';
import type { CrlEntryInput } from '#pki/build/crl-builder.ts';
import { contextConstructed, nothing, sequence } from '#pki/build/der-writer.ts';
import { directoryName, dnsName, ipAddress, principalName, rfc822Name, uri } from '#pki/build/fields/general-names.ts';
import type { Issued } from '#pki/build/issued.ts';
import { writePkcs12 } from '#pki/card-file/pkcs12.ts';
import { bundleOf } from '../pki/bundle.ts';
import { testCa } from '../pki/test-ca.ts';
import { basicOf, fuzzKey, keysOf, resignedOcsp } from './mutations/resign.ts';
import { encodeDer, parseDer } from './mutations/tree.ts';
import { response } from './seeds/ocsp-seed.ts';
import { plainPkcs12 } from './seeds/pkcs12-seed.ts';

/** Writes corpus.json again: `node test/fuzz/make-corpus.ts`. The keys of authorities follow from their names. */
const anyPolicy = '2.5.29.32.0';
const ca = (name: string, options: AuthorityOptions = {}): Authority =>
  testCa(`CN=${name}`, { ...options, key: fuzzKey(name) });
const below = (parent: Authority, name: string, options: AuthorityOptions = {}): Authority =>
  parent.issueCa(`CN=${name}`, { ...options, key: fuzzKey(name) });
const cardKey = fuzzKey('a card');
const concat = (...parts: readonly { readonly der: Uint8Array }[]): Uint8Array =>
  Buffer.concat(parts.map(({ der }) => der));
const chainOf = (card: Issued): Uint8Array => concat(card, ...card.chain);

const root = ca('Fuzz Root');
const issuing = below(root, 'Fuzz Issuing', { policies: [anyPolicy], pathLength: 1 });
const card = issuing.issueUserCertificate({
  upn: 'ana@fuzz.test',
  email: 'ana@fuzz.test',
  policies: ['1.2.3.4', '1.2.3.4.5'],
  key: cardKey,
});

const mapping = below(root, 'Fuzz Mapping', {
  policies: ['1.2.3', '1.2.4', anyPolicy],
  policyMappings: [
    ['1.2.3', '1.2.5'],
    ['1.2.3', '1.2.6'],
    ['1.2.4', '1.2.5'],
  ],
  policyConstraints: { requireExplicitPolicy: 2, inhibitPolicyMapping: 1 },
});
const mapped = below(mapping, 'Fuzz Mapped', { policies: ['1.2.5', '1.2.6'], inhibitAnyPolicy: 0 });
const naming = below(root, 'Fuzz Naming', {
  nameConstraints: {
    permitted: [
      dnsName('fuzz.test'),
      rfc822Name('fuzz.test'),
      directoryName('DC=test,DC=fuzz'),
      ipAddress('10.0.0.0/8'),
      uri('.fuzz.test'),
      principalName('fuzz.test'),
    ],
    excluded: [dnsName('bad.fuzz.test'), directoryName('DC=test,DC=fuzz,OU=Bad'), ipAddress('10.1.0.0/16')],
  },
});
const withName = naming.issueUserCertificate({
  subject: 'DC=test,DC=fuzz,CN=Ana',
  upn: 'ana@fuzz.test',
  email: 'ana@fuzz.test',
  dns: ['a.fuzz.test'],
  names: [ipAddress('10.2.3.4'), uri('https://a.fuzz.test/'), directoryName('DC=test,DC=fuzz,CN=Ana')],
  key: cardKey,
});
const deep = Array.from({ length: 4 }, (_, n) => n).reduce(
  (parent, n) => below(parent, `Fuzz Deep ${n}`, { pathLength: 4 - n }),
  root,
);

const dates = { thisUpdate: new Date('2026-12-31T00:00:00Z'), nextUpdate: new Date('2027-02-01T00:00:00Z') };
const entries: readonly CrlEntryInput[] = [1n, 2n, 3n].map((serial) => ({
  serial,
  revocationDate: dates.thisUpdate,
  reason: 'keyCompromise',
}));
const crlEntryInput: CrlEntryInput = { serial: card.serial, revocationDate: dates.thisUpdate };
const base = issuing.crl({ ...dates, number: 7n, entries });
const holding = issuing.crl({
  ...dates,
  number: 7n,
  entries: [...entries, { ...crlEntryInput, reason: 'certificateHold' }],
});
const delta = issuing.deltaCrl({ ...dates, number: 8n, baseNumber: 7n, entries: entries.slice(0, 1) });
const removing = issuing.deltaCrl({
  ...dates,
  number: 8n,
  baseNumber: 7n,
  entries: [{ ...crlEntryInput, reason: 'removeFromCRL' }],
});
const scope = issuing.crl({
  ...dates,
  number: 7n,
  entries: [crlEntryInput],
  issuingDistributionPoint: { onlyContainsUserCerts: true, onlySomeReasons: ['keyCompromise', 'superseded'] },
});
const indirect = root.crl({
  ...dates,
  number: 3n,
  issuingDistributionPoint: { indirectCRL: true },
  entries: [...entries, { ...crlEntryInput, certificateIssuer: [directoryName('CN=Fuzz Issuing')] }, entries[0]!],
});
const rootCrl = root.crl({ ...dates, number: 1n, entries: entries.slice(0, 2) });
const pair = (...crls: readonly Uint8Array[]): Uint8Array => Buffer.concat(crls);
const cardFile = { der: card.der, privateKey: cardKey, chain: card.chain };

const responder = issuing.issueUserCertificate({
  subject: 'CN=Fuzz Responder',
  extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'],
  extensions: [{ oid: '1.3.6.1.5.5.7.48.1.5', value: nothing() }],
  key: fuzzKey('Fuzz Responder'),
});
const keys = keysOf([root.der, issuing.der, responder.der]);
/** RFC 6960 §4.2.1: `certs [0] EXPLICIT SEQUENCE OF Certificate`. */
function withCertificate(answer: Uint8Array, certificate: Uint8Array): Uint8Array {
  const nodes = parseDer(answer)!;
  basicOf(nodes)!.children!.push(...parseDer(contextConstructed(0, sequence(certificate)))!);
  return encodeDer(nodes);
}

const seeds: Record<string, Uint8Array> = {
  'certificate-root': root.der,
  'certificate-issuing': issuing.der,
  'certificate-card': card.der,
  'certificate-naming': naming.der,
  'responder-delegated': responder.der,
  'chain-plain': chainOf(card),
  'chain-policies': chainOf(
    mapped.issueUserCertificate({ upn: 'ana@fuzz.test', policies: ['1.2.5', '1.2.6'], key: cardKey }),
  ),
  'chain-names': chainOf(withName),
  'chain-deep': chainOf(deep.issueUserCertificate({ upn: 'ana@fuzz.test', key: cardKey })),
  'bundle-two': bundleOf(root.der, issuing.der),
  'crl-issuing': base,
  'crl-root': rootCrl,
  'crl-delta': delta,
  'crl-scoped': scope,
  'crl-indirect': indirect,
  'lists-base': pair(base, rootCrl),
  'lists-delta': pair(base, delta, rootCrl),
  'lists-held': pair(holding, removing, rootCrl),
  'lists-scoped': pair(scope, rootCrl, base),
  'lists-indirect': pair(indirect, rootCrl),
  'ocsp-good': resignedOcsp(response(card, issuing, 'CN=Fuzz Issuing'), keys),
  'ocsp-delegated': resignedOcsp(withCertificate(response(card, issuing, 'CN=Fuzz Responder'), responder.der), keys),
  'pkcs12-usual': writePkcs12(cardFile, { password: '', friendlyName: 'Ana', iterations: 2 }),
  'pkcs12-plain': plainPkcs12(cardFile),
  'hello-tls13': await clientHello(),
  'text-upn': Buffer.from('ana@woodgrove.test'),
  'text-id': Buffer.from('X509:<I>DC=com,DC=contoso,CN="A, B"<SR>b24134139f069b49997212a86ba0ef48'),
};
const base64 = Object.fromEntries(
  Object.entries(seeds).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
);
writeFileSync(new URL('./corpus.json', import.meta.url), `${JSON.stringify(base64, null, 2)}\n`);

/** What Node's own TLS sends first. */
function clientHello(): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.once('data', (bytes) => {
        resolve(new Uint8Array(bytes));
        socket.destroy();
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      connectTls({ socket: connect(port, '127.0.0.1'), servername: 'certauth.woodgrove.test' }).on(
        'error',
        () => undefined,
      );
    });
  });
}
