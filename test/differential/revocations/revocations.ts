import type { CrlAnswer, CrlFetched } from '#core/crl/answer.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { checkRevocation, crlsNeeded } from '#core/crl/revocation.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority, TrustStore } from '#core/x509/trust-store.ts';
import type { CaseResult } from '../compare.ts';
import { opensslRevocationVerdict } from '../openssl-oracle.ts';
import { type RandomRevocation, randomRevocation } from './random-revocation.ts';

/** The CRLs of a seed over a good chain, evaluated by OpenSSL and by us. */
export function compareRevocation(seed: number): CaseResult {
  const drawing = randomRevocation(seed);
  return { seed, mutations: drawing.mutations, theirs: opensslRevocationVerdict(drawing), ours: ourVerdict(drawing) };
}

function ourVerdict(randomRevocation: RandomRevocation): string {
  const store: TrustStore = {
    authorities: [
      authority('root', randomRevocation.root, 'root', randomRevocation),
      authority('issuing', randomRevocation.intermediates[0]!, 'intermediate', randomRevocation),
    ],
  };
  const path = validatePath(certificate(randomRevocation.leaf), store, randomRevocation.at);
  if (path.outcome !== 'passed') return path.because.code;
  const answers = crlsNeeded(path.value, store).map((request): CrlAnswer => {
    const { base, delta } = randomRevocation.crls[request.authorityId as 'root' | 'issuing'];
    return {
      request,
      base: answer(base, request.baseUrl),
      delta: request.deltaUrl ? answer(delta, request.deltaUrl) : undefined,
    };
  });
  const policy = { state: 'enabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] } as const;
  const ruling = checkRevocation(path.value, { answers }, { policy, at: randomRevocation.at, store });
  return ruling.outcome === 'passed' ? 'passed' : ruling.because.code;
}

function certificate(der: Uint8Array) {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new Error(ruling.because.code);
  return ruling.value;
}

/** A CA has a delta address when there is a delta for it: OpenSSL gets no addresses. */
function authority(
  name: 'root' | 'issuing',
  der: Uint8Array,
  authorityType: 'root' | 'intermediate',
  { crls }: RandomRevocation,
): TrustedAuthority {
  return {
    id: name,
    certificate: certificate(der),
    authorityType,
    certificateRevocationListUrl: `http://crl.test/${name}`,
    deltaCertificateRevocationListUrl: crls[name].delta ? `http://crl.test/${name}-delta` : undefined,
    isIssuerHintEnabled: false,
    store: 'pki',
  };
}

function answer(der: Uint8Array | undefined, url: string): CrlFetched {
  const ruling = der ? readCrl(der, { source: url }) : undefined;
  if (ruling?.outcome === 'passed') return { kind: 'fetched', crl: ruling.value, url };
  const because = ruling?.because ?? ({ code: 'crlDownloadFailed', evidence: { url, status: 404 } } as const);
  return { kind: 'failed', because, url };
}
