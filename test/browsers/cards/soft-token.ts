import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issued } from '#pki/build/issued.ts';
import { fileOf } from '../packages.ts';
import type { TokenModule } from '../windows/nss.ts';

const label = 'card';

/** A card of a person in a SoftHSM2 token, with a PIN. Its keys have the ids 01, 02 and so on. */
export interface SoftToken {
  readonly module: TokenModule;
  /** RFC 7512: which key, without its PIN. */
  readonly uri: string;
  changePin(before: string, after: string): void;
  /** Puts another token beside it, under this label or that of the card. */
  addToken(name?: string): void;
  remove(): void;
}

/** Makes a token in a folder of its own; `SOFTHSM2_CONF` tells the library where. */
export function makeSoftToken(certificates: Issued | readonly Issued[], pin: string): SoftToken {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-token-'));
  const configuration = join(folder, 'softhsm2.conf');
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(configuration, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`);
  const module = { library: fileOf('softhsm2')!, environment: { SOFTHSM2_CONF: configuration } };
  const run = (command: string, words: readonly string[]) =>
    execFileSync(command, words, { stdio: 'ignore', env: { ...process.env, ...module.environment } });
  const addToken = (name = label) =>
    run('softhsm2-util', ['--init-token', '--free', '--label', name, '--so-pin', '87654321', '--pin', pin]);
  addToken();
  const login = ['--module', module.library, '--login', '--pin', pin, '--token-label', label];
  for (const [index, { der, privateKey }] of [certificates].flat().entries()) {
    const id = `0${index + 1}`;
    const [keyFile, certificateFile] = [join(folder, `${id}.pem`), join(folder, `${id}.der`)];
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(certificateFile, der);
    run('softhsm2-util', ['--import', keyFile, '--token', label, '--label', label, '--id', id, '--pin', pin]);
    run('pkcs11-tool', [...login, '-w', certificateFile, '-y', 'cert', '-d', id, '-a', label]);
  }
  const uri = `pkcs11:token=${label};object=${label}`;
  const changePin = (before: string, after: string) =>
    run('pkcs11-tool', [
      '--module',
      module.library,
      '--token-label',
      label,
      '--login',
      '--pin',
      before,
      '--change-pin',
      '--new-pin',
      after,
    ]);
  return { module, uri, changePin, addToken, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
