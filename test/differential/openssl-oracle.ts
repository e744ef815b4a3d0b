import { pem } from '#pki/build/certificate-builder.ts';
import { run, withFiles } from '../pki/openssl.ts';
import type { RandomRevocation } from './revocations/random-revocation.ts';

const pems = (label: string, ders: readonly Uint8Array[]): string => ders.map((der) => pem(label, der)).join('');

interface OracleQuery {
  readonly leaf: Uint8Array;
  readonly intermediates: readonly Uint8Array[];
  readonly root: Uint8Array;
  readonly at: Date;
}

/** What OpenSSL says of a chain: `ok`, or its words for the first thing wrong. */
export function opensslVerdict(chain: OracleQuery): string {
  // Without "any policy" OpenSSL takes the user's set as empty, and no explicit policy can ever be met.
  return verify(chain, [
    '-x509_strict',
    '-policy',
    '2.5.29.32.0',
    '-check_ss_sig',
    '-auth_level',
    '2',
    '-purpose',
    'sslclient',
  ]);
}

/** The same, with the CRLs of every certificate on the path, complete and delta. */
export function opensslRevocationVerdict(randomRevocation: RandomRevocation): string {
  const crls = Object.values(randomRevocation.crls).flatMap(({ base, delta }) =>
    [base, delta].filter((crl) => crl !== undefined),
  );
  const checks = ['-crl_check_all', '-extended_crl', '-use_deltas'];
  return crls.length === 0
    ? 'no CRLs'
    : verify(randomRevocation, ['-CRLfile', 'crls.pem', ...checks], pems('X509 CRL', crls));
}

function verify(request: OracleQuery, checks: readonly string[], crls = ''): string {
  const files = {
    'root.pem': pems('CERTIFICATE', [request.root]),
    'untrusted.pem': pems('CERTIFICATE', request.intermediates),
    'leaf.pem': pems('CERTIFICATE', [request.leaf]),
    'crls.pem': crls,
  };
  return withFiles(files, (folder) => {
    const trust = ['-no-CApath', '-no-CAstore', '-CAfile', 'root.pem'];
    const offer = request.intermediates.length > 0 ? ['-untrusted', 'untrusted.pem'] : [];
    const when = ['-attime', `${request.at.getTime() / 1000}`];
    const { status, text } = run(folder, 'openssl', 'verify', ...trust, ...offer, ...when, ...checks, 'leaf.pem');
    return status === 0 ? 'ok' : messageOf(text);
  });
}

function messageOf(text: string): string {
  const match = /error \d+ at \d+ depth lookup: ?(.*)/.exec(text);
  if (match?.[1]) return match[1].trim();
  if (/unable to load|Could not read/i.test(text)) return 'unreadable';
  throw new Error(`openssl verify said something unexpected: ${text}`);
}
