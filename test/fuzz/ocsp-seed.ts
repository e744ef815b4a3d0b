import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Authority, Issued } from '../../src/pki/authority.ts';

/** An OCSP response of OpenSSL for a card, signed by its issuer. */
export function response(card: Issued, issuer: Authority): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-ocsp-'));
  const hex = card.serial.toString(16).toUpperCase();
  const serial = hex.length % 2 ? `0${hex}` : hex;
  try {
    writeFileSync(join(folder, 'ca.pem'), issuer.pem);
    writeFileSync(join(folder, 'signer.pem'), issuer.pem + issuer.privateKeyPem);
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
    );
    return new Uint8Array(readFileSync(join(folder, 'r.der')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
