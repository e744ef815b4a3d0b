import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issued } from '#pki/build/authority.ts';
import type { TokenModule } from './nss.ts';
import { fileOf } from './packages.ts';

const label = 'card';

/** A card of a person in a SoftHSM2 token, with a PIN. */
export interface SoftToken {
  readonly module: TokenModule;
  /** RFC 7512: which key, without its PIN. */
  readonly uri: string;
  remove(): void;
}

/** Makes a token in a folder of its own; `SOFTHSM2_CONF` tells the library where. */
export function makeSoftToken({ der, privateKey }: Issued, pin: string): SoftToken {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-token-'));
  const configuration = join(folder, 'softhsm2.conf');
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(configuration, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`);
  const module = { library: fileOf('softhsm2')!, environment: { SOFTHSM2_CONF: configuration } };
  const run = (command: string, words: readonly string[]) =>
    execFileSync(command, words, { stdio: 'ignore', env: { ...process.env, ...module.environment } });
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.der')];
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(certificateFile, der);
  run('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', '87654321', '--pin', pin]);
  run('softhsm2-util', ['--import', keyFile, '--token', label, '--label', label, '--id', '01', '--pin', pin]);
  const login = ['--module', module.library, '--login', '--pin', pin, '--token-label', label];
  run('pkcs11-tool', [...login, '-w', certificateFile, '-y', 'cert', '-d', '01', '-a', label]);
  const uri = `pkcs11:token=${label};object=${label}`;
  return { module, uri, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
