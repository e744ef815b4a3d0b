import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CrlAnswer, CrlFetched, CrlRequest } from '#core/crl/answer.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { checkRevocation, crlsNeeded } from '#core/crl/revocation.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import { type AlgorithmPolicy, defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority, TrustStore } from '#core/x509/trust-store.ts';
import { type PkitsCase, pkitsFolder } from './pkits-files.ts';

const folder = pkitsFolder();

/** Section 4.1 has DSA with SHA-1: these cases are about paths and lists, not about which algorithms a tenant likes. */
const algorithms: AlgorithmPolicy = {
  ...defaultAlgorithmPolicy,
  hashes: [...defaultAlgorithmPolicy.hashes, 'sha1'],
  keyTypes: [...defaultAlgorithmPolicy.keyTypes, 'dsa'],
};

const read = (kind: 'certs' | 'crls', name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(folder ?? '', kind, `${name}.${kind === 'certs' ? 'crt' : 'crl'}`)));

/** Every CA with an address, so that its CRL is needed; the anchor is the only root. Shuffled, by the case and the round. */
function storeFor({ certs, extraCerts, id }: PkitsCase, round: number): TrustStore {
  const anchor = certs.at(-1) ?? '';
  const names = [...new Set([...certs.slice(1), ...extraCerts])];
  const authorities = shuffled(names, `${id}/${round}`).flatMap((name): TrustedAuthority[] => {
    const certificate = readCertificate(read('certs', name));
    // 4.1.2: a CA that is not a well-formed certificate is turned away when it is uploaded.
    if (certificate.outcome !== 'passed') return [];
    const authority = {
      id: name,
      certificate: certificate.value,
      certificateRevocationListUrl: `http://pkits.test/${name}.crl`,
      deltaCertificateRevocationListUrl: undefined,
      isIssuerHintEnabled: false,
    };
    return [{ ...authority, authorityType: name === anchor ? 'root' : 'intermediate', store: 'pki' }];
  });
  return { authorities };
}

/** The CRLs of a case, as the answer to every request: which of them counts is for the evaluation to find out. */
function answersTo(requests: readonly CrlRequest[], { crls, id }: PkitsCase, round: number): CrlAnswer[] {
  const answer = shuffled(crls, `${round}/${id}`).map((name): CrlFetched => {
    const ruling = readCrl(read('crls', name), { source: name });
    return ruling.outcome === 'passed'
      ? { kind: 'fetched', crl: ruling.value, url: name }
      : { kind: 'failed', because: ruling.because, url: name };
  });
  return requests.flatMap((request) => answer.map((base) => ({ request, base, delta: undefined })));
}

/** The ruling on a case, through the entry points of a sign-in; the certificates are offered in another order each round. */
export function decide(
  pkitsCase: PkitsCase,
  round: number,
  presentation: Uint8Array = read('certs', pkitsCase.certs[0] ?? ''),
): { readonly ruling: Ruling<unknown>; readonly policies: readonly string[] } {
  const { settings } = pkitsCase;
  const at = new Date(settings.time);
  const store = storeFor(pkitsCase, round);
  const leaf = readCertificate(presentation);
  if (leaf.outcome !== 'passed') return { ruling: leaf, policies: [] };
  const path = validatePath(leaf.value, store, at, {
    algorithms,
    purpose: 'any',
    userInitialPolicySet: settings.initialPolicySet.map((oid) => (oid === '2.5.29.32.0' ? anyPolicy : oid)),
    initialExplicitPolicy: settings.initialExplicitPolicy,
    initialPolicyMappingInhibit: settings.initialPolicyMappingInhibit,
    initialAnyPolicyInhibit: settings.initialInhibitAnyPolicy,
  });
  if (path.outcome !== 'passed') return { ruling: path, policies: [] };
  const answers = answersTo(crlsNeeded(path.value, store), pkitsCase, round);
  const policy = { state: 'enabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [], algorithms } as const;
  return {
    ruling: checkRevocation(path.value, { answers }, { policy, at, store }),
    policies: path.value.validPolicies,
  };
}
const anyPolicy = '2.5.29.32.0';

/** The same order each time for the same words: a failure can be repeated. */
function shuffled<T>(items: readonly T[], words: string): T[] {
  let state = [...words].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) | 0, 7);
  const byKey = items.map((item) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return { item, key: state };
  });
  return byKey.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
