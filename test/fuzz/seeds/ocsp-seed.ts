import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Authority } from '#pki/build/authority.ts';
import type { Issued } from '#pki/build/issued.ts';
import { testCa } from '../../pki/test-ca.ts';

/**
 * An OCSP response of OpenSSL for a card, in the name of `signer`. OpenSSL cannot sign one with Ed25519, so this one's
 * signature is that of a stand-in and to be replaced.
 */
export function response(card: Issued, issuer: Authority, signer: string): Uint8Array {
  const standIn = testCa(signer);
  const folder = mkdtempSync(join(tmpdir(), 'cardea-ocsp-'));
  const hex = card.serial.toString(16).toUpperCase();
  const serial = hex.length % 2 ? `0${hex}` : hex;
  try {
    writeFileSync(join(folder, 'ca.pem'), issuer.pem);
    writeFileSync(join(folder, 'signer.pem'), standIn.pem + standIn.privateKeyPem);
    writeFileSync(join(folder, 'card.pem'), card.pem);
    writeFileSync(
      join(folder, 'index.txt'),
      `${['V', '491231235959Z', '', serial, 'unknown', '/CN=card'].join('\t')}\n`,
    );
    const run = (...words: string[]) => execFileSync('openssl', ['ocsp', ...words], { cwd: folder, stdio: 'pipe' });
    run('-issuer', 'ca.pem', '-cert', 'card.pem', '-reqout', 'q.der', '-no_nonce');
    run(
      '-index',
      'index.txt',
      '-CA',
      'ca.pem',
      '-rsigner',
      'signer.pem',
      '-reqin',
      'q.der',
      '-respout',
      'r.der',
      '-rmd',
      'sha256',
      '-resp_no_certs',
      '-ndays',
      '3650',
    );
    return new Uint8Array(readFileSync(join(folder, 'r.der')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
