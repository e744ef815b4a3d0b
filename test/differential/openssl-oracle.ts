import { pem } from '../../src/pki/certificate-builder.ts';
import { run, withFiles } from '../pki/openssl.ts';
import type { RandomChain } from './random-chain.ts';

/** What OpenSSL says: `ok`, or its words for the first thing wrong. */
export function opensslVerdict(chain: RandomChain): string {
  const certificates = (ders: readonly Uint8Array[]) => ders.map((der) => pem('CERTIFICATE', der)).join('');
  const files = {
    'root.pem': certificates([chain.root]),
    'untrusted.pem': certificates(chain.intermediates),
    'leaf.pem': certificates([chain.leaf]),
  };
  return withFiles(files, (folder) => {
    const trust = ['-no-CApath', '-no-CAstore', '-CAfile', 'root.pem'];
    const offered = chain.intermediates.length > 0 ? ['-untrusted', 'untrusted.pem'] : [];
    const when = ['-attime', `${chain.at.getTime() / 1000}`];
    const checks = ['-x509_strict', '-policy_check', '-check_ss_sig', '-auth_level', '2', '-purpose', 'sslclient'];
    const { status, text } = run(folder, 'openssl', 'verify', ...trust, ...offered, ...when, ...checks, 'leaf.pem');
    return status === 0 ? 'ok' : wordsOf(text);
  });
}

function wordsOf(text: string): string {
  const found = /error \d+ at \d+ depth lookup: ?(.*)/.exec(text);
  if (found?.[1]) return found[1].trim();
  if (/unable to load|Could not read/i.test(text)) return 'unreadable';
  throw new Error(`openssl verify said something unexpected: ${text}`);
}
