import { readFileSync } from 'node:fs';
import { DerError, DerReader } from '../../src/core/asn1/der.ts';
import { parseCertificateUserId } from '../../src/core/binding/certificate-user-ids.ts';
import { userPrincipalNameKey } from '../../src/core/binding/user-principal-name.ts';
import type { CrlAnswer } from '../../src/core/crl/answer.ts';
import { readCrl } from '../../src/core/crl/read-crl.ts';
import { checkRevocation, crlsNeeded } from '../../src/core/crl/revocation.ts';
import { readOcspResponse } from '../../src/core/ocsp/response.ts';
import { checkOcsp } from '../../src/core/ocsp/status.ts';
import { type Certificate, readCertificate } from '../../src/core/x509/certificate.ts';
import { validatePath } from '../../src/core/x509/path.ts';
import type { TrustedAuthority, TrustStore } from '../../src/core/x509/trust-store.ts';
import { readClientHello } from '../../src/http/front/client-hello.ts';
import { readUsername } from '../../src/signin/username.ts';

/** Well-formed things to start from (make-corpus.ts made them), base64 by name. */
const corpus = JSON.parse(readFileSync(new URL('./corpus.json', import.meta.url), 'utf8')) as Record<string, string>;
export const seeds: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries(corpus).map(([name, base64]) => [name, new Uint8Array(Buffer.from(base64, 'base64'))]),
);

/** One way in for what a stranger sends. `run` may answer anything and throw nothing. */
export interface Target {
  /** Names of seeds it starts from begin with one of these. */
  readonly from: readonly string[];
  readonly run: (input: Uint8Array) => void;
}

const at = new Date('2027-01-01T00:00:00Z');
const certificate = (der: Uint8Array): Certificate | undefined => {
  const ruling = readCertificate(der);
  return ruling.outcome === 'passed' ? ruling.value : undefined;
};
const known = (name: string): Certificate => certificate(seeds.get(name)!)!;
const trusted = (name: string, ca: Certificate, authorityType: 'root' | 'intermediate'): TrustedAuthority => ({
  id: name,
  certificate: ca,
  authorityType,
  certificateRevocationListUrl: `http://crl.test/${name}`,
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
});
const [root, issuing, card] = [known('certificate-root'), known('certificate-issuing'), known('certificate-card')];
const store: TrustStore = { authorities: [trusted('root', root, 'root'), trusted('issuing', issuing, 'intermediate')] };
const path = validatePath(card, store, at);
if (path.outcome !== 'passed') throw new Error('the seeds are no valid chain any more: make the corpus again');
const policy = { state: 'enabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] } as const;

export const targets: Readonly<Record<string, Target>> = {
  der: { from: ['certificate', 'crl', 'ocsp'], run: (input) => walk(new DerReader(input, 'input'), 0) },
  certificate: { from: ['certificate'], run: (input) => void readCertificate(input) },
  crl: { from: ['crl'], run: (input) => void readCrl(input) },
  ocsp: { from: ['ocsp'], run: runOcsp },
  path: { from: ['certificate'], run: runPath },
  revocation: { from: ['crl'], run: runRevocation },
  hello: { from: ['hello'], run: (input) => void readClientHello(Buffer.from(input)) },
  text: { from: ['text'], run: runText },
};

/** Enters whatever can be entered. */
function walk(reader: DerReader, depth: number): void {
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
function runPath(input: Uint8Array): void {
  const strange = certificate(input);
  if (!strange) return;
  validatePath(strange, store, at, { purpose: 'any' });
  validatePath(card, { authorities: [trusted('root', root, 'root'), trusted('x', strange, 'intermediate')] }, at);
  validatePath(
    card,
    { authorities: [trusted('x', strange, 'root'), trusted('issuing', issuing, 'intermediate')] },
    at,
    { offered: [strange] },
  );
}

function runRevocation(input: Uint8Array): void {
  const ruling = readCrl(input);
  if (ruling.outcome !== 'passed' || path.outcome !== 'passed') return;
  const answers = crlsNeeded(path.value, store).map(
    (request): CrlAnswer => ({
      request,
      base: { kind: 'fetched', crl: ruling.value, url: request.baseUrl },
      delta: undefined,
    }),
  );
  checkRevocation(path.value, answers, policy, at, store);
}

function runOcsp(input: Uint8Array): void {
  const ruling = readOcspResponse(input, 'http://ocsp.test');
  if (ruling.outcome === 'passed')
    checkOcsp(ruling.value, { certificate: card, issuer: issuing, isLeaf: true, store, at, nonce: undefined });
}

function runText(input: Uint8Array): void {
  const text = Buffer.from(input).toString('utf8');
  parseCertificateUserId(text);
  userPrincipalNameKey(text);
  readUsername(text);
}
