import { DerError, DerReader } from '#core/asn1/der.ts';
import { certificateUserIdKey } from '#core/binding/identifiers/certificate-user-ids.ts';
import { userPrincipalNameKey } from '#core/binding/identifiers/user-principal-name.ts';
import type { CrlAnswer } from '#core/crl/answer.ts';
import type { Crl } from '#core/crl/format/crl.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { checkRevocation, crlsNeeded } from '#core/crl/revocation.ts';
import { readOcspResponse } from '#core/ocsp/response.ts';
import { checkOcsp } from '#core/ocsp/status.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { readBundle } from '#core/x509/bundle.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { sameName } from '#core/x509/name.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority, TrustStore } from '#core/x509/trust-store.ts';
import { readClientHello } from '#http/front/client-hello.ts';
import { readPkcs12 } from '#pki/card-file/pkcs12-reader.ts';
import { readUsername } from '#signin/user/username.ts';
import type { Random } from '../differential/random.ts';
import { seeds } from './corpus.ts';
import { keysOf, resigned, resignedOcsp } from './mutations/resign.ts';
import { encodeDer, parseDer } from './mutations/tree.ts';

/** One way in for what a stranger sends. */
export interface Target {
  /** Names of seeds it starts from begin with one of these. */
  readonly from: readonly string[];
  /** May answer anything and throw nothing. The answer's code, where there is one, is for the report. */
  readonly run: (input: Uint8Array) => string | undefined;
  /** Makes of most mutants something that gets past the first check: signs it again, or takes its MAC off. */
  readonly finish?: (input: Uint8Array, random: Random) => Uint8Array;
}

const at = new Date('2027-01-01T00:00:00Z');
const certificate = (der: Uint8Array): Certificate | undefined => {
  const ruling = readCertificate(der);
  return ruling.outcome === 'passed' ? ruling.value : undefined;
};
const knownCertificate = (name: string): Certificate => certificate(seeds.get(name)!)!;
const trustedItems = (name: string, ca: Certificate, authorityType: 'root' | 'intermediate'): TrustedAuthority => ({
  id: name,
  certificate: ca,
  authorityType,
  certificateRevocationListUrl: `http://crl.test/${name}`,
  deltaCertificateRevocationListUrl: name === 'issuing' ? 'http://crl.test/delta' : undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
});
const [root, issuing, userCertificate] = [
  knownCertificate('certificate-root'),
  knownCertificate('certificate-issuing'),
  knownCertificate('certificate-card'),
];
const store: TrustStore = {
  authorities: [trustedItems('root', root, 'root'), trustedItems('issuing', issuing, 'intermediate')],
};
/** The same without deltas: where there is an address for one, nothing passes without it. */
const plainStore: TrustStore = {
  authorities: store.authorities.map((authority) => ({ ...authority, deltaCertificateRevocationListUrl: undefined })),
};
const verifiedUnder = (trust: TrustStore) => {
  const path = validatePath(userCertificate, trust, at);
  if (path.outcome !== 'passed') throw new Error('the seeds are no valid chain any more: make the corpus again');
  return { path: path.value, store: trust };
};
const [withDelta, plain] = [verifiedUnder(store), verifiedUnder(plainStore)];
const policy = { state: 'enabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] } as const;

/** Every issuer in the chains has a key made from its name: leaf certificates have another, and sign nothing. */
const keys = keysOf(
  [...seeds].flatMap(([name, bytes]) => (/^(chain|certificate|responder)/.test(name) ? split(bytes) : [])),
);
const mostly = (finish: (input: Uint8Array) => Uint8Array) => (input: Uint8Array, random: Random) =>
  random.chance(0.9) ? finish(input) : input;
const signedAgain = mostly((input) => resigned(input, keys));

export const targets: Readonly<Record<string, Target>> = {
  der: { from: ['certificate', 'crl', 'ocsp'], run: (input) => walk(new DerReader(input, 'input'), 0) },
  certificate: { from: ['certificate'], run: (input) => readCertificate(input).because.code },
  bundle: { from: ['bundle'], run: (input) => readBundle(input).because.code },
  crl: { from: ['crl'], run: (input) => readCrl(input).because.code },
  ocsp: { from: ['ocsp'], run: runOcsp, finish: mostly((input) => resignedOcsp(input, keys)) },
  anchor: { from: ['certificate'], run: runAnchor, finish: signedAgain },
  path: { from: ['chain'], run: runPath, finish: signedAgain },
  revocation: { from: ['lists'], run: runRevocation, finish: signedAgain },
  pkcs12: { from: ['pkcs12'], run: runPkcs12, finish: mostly(withoutMac) },
  hello: { from: ['hello'], run: (input) => void readClientHello(Buffer.from(input)) },
  text: { from: ['text'], run: runText },
};

/** Elements one after another; the rest is one piece. */
function split(input: Uint8Array): Uint8Array[] {
  return parseDer(input)?.map((node) => encodeDer([node])) ?? [input];
}

/** Enters whatever can be entered. */
function walk(reader: DerReader, depth: number): undefined {
  try {
    while (!reader.atEnd) {
      const { tag } = reader;
      if ((tag & 0x20) !== 0 && depth < 120) walk(reader.enter(tag, 'element'), depth + 1);
      else if (tag === 0x06) reader.oid('oid');
      else if (tag === 0x02) reader.integer('integer');
      else if (tag === 0x17 || tag === 0x18) reader.time('time');
      else if (tag === 0x03) reader.bitString('bits');
      else if (tag === 0x01) reader.boolean('boolean');
      else reader.element('element');
    }
  } catch (problem) {
    if (!(problem instanceof DerError)) throw problem;
  }
}

/** The input as leaf, as issuing CA and as root. */
function runAnchor(input: Uint8Array): string | undefined {
  const strange = certificate(input);
  if (!strange) return undefined;
  const asLeaf = validatePath(strange, store, at, { purpose: 'any' });
  validatePath(
    userCertificate,
    { authorities: [trustedItems('root', root, 'root'), trustedItems('x', strange, 'intermediate')] },
    at,
  );
  validatePath(
    userCertificate,
    { authorities: [trustedItems('x', strange, 'root'), trustedItems('issuing', issuing, 'intermediate')] },
    at,
    { offered: [strange] },
  );
  return asLeaf.because.code;
}

/** A whole chain, leaf first: the last is trusted as a root, what lies between as intermediates. */
function runPath(input: Uint8Array): string | undefined {
  const [leaf, ...above] = split(input).flatMap((der) => certificate(der) ?? []);
  const top = above.pop();
  if (!leaf || !top) return undefined;
  const between = above.map((ca, n) => trustedItems(`${n}`, ca, 'intermediate'));
  const authorities = [...between, trustedItems('root', top, 'root')];
  validatePath(leaf, { authorities }, at, { purpose: 'any', initialExplicitPolicy: true });
  validatePath(leaf, { authorities: authorities.slice(-1) }, at, { offered: above });
  return validatePath(leaf, { authorities }, at).because.code;
}

/** Lists one after another, each for the CA whose name it has; one that has another name stands in for the card's CA. */
function runRevocation(input: Uint8Array): string | undefined {
  const crls = split(input).flatMap((der) => {
    const ruling = readCrl(der);
    return ruling.outcome === 'passed' ? [ruling.value] : [];
  });
  const first = crls[0];
  if (!first) return undefined;
  const request = crls.some(({ baseNumber }) => baseNumber !== undefined) ? withDelta : plain;
  checkRevocation(plain.path, { answers: answersOf([first], first, plain) }, { policy, at, store: plain.store });
  return checkRevocation(
    request.path,
    { answers: answersOf(crls, first, request) },
    { policy, at, store: request.store },
  ).because.code;
}

function answersOf(crls: readonly Crl[], first: Crl, query: typeof plain): CrlAnswer[] {
  const answer = (crl: Crl, url: string) => ({ kind: 'fetched', crl, url }) as const;
  return crlsNeeded(query.path, query.store).map((request) => {
    const subject = request.authorityId === 'root' ? root.subject : issuing.subject;
    const authorityCrls = crls.filter(({ issuer }) => sameName(issuer, subject));
    const delta = authorityCrls.find(({ baseNumber }) => baseNumber !== undefined);
    return {
      request,
      base: answer(authorityCrls.find((crl) => crl !== delta) ?? first, request.baseUrl),
      delta: delta && answer(delta, request.deltaUrl ?? ''),
    };
  });
}

function runOcsp(input: Uint8Array): string | undefined {
  const ruling = readOcspResponse(input, 'http://ocsp.test');
  if (ruling.outcome !== 'passed') return ruling.because.code;
  const question = { certificate: userCertificate, issuer: issuing, isLeaf: true, store, at, nonce: undefined };
  return checkOcsp(ruling.value, question).because.code;
}

/** The MAC is optional (RFC 7292 §4), and the first thing that is checked. */
function withoutMac(input: Uint8Array): Uint8Array {
  const nodes = parseDer(input);
  const [pfx] = nodes ?? [];
  if (!nodes || (pfx?.children?.length ?? 0) < 3) return input;
  pfx!.children!.length = 2;
  return encodeDer(nodes);
}

function runPkcs12(input: Uint8Array): string | undefined {
  try {
    readPkcs12(input, '');
    return 'read';
  } catch (thrown) {
    if (thrown instanceof CardeaError) return thrown.because.code;
    throw thrown;
  }
}

function runText(input: Uint8Array): undefined {
  const text = Buffer.from(input).toString('utf8');
  certificateUserIdKey(text);
  userPrincipalNameKey(text);
  readUsername(text);
}
