import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import type { Issued } from '../build/issued.ts';
import { readCardFile, writePemCard } from '../card-file/card-file.ts';
import { type Card, writePkcs12 } from '../card-file/pkcs12.ts';
import { replaceFile } from '../whole-file.ts';
import { openWoodgrove, type WoodgroveState, woodgroveState } from './demo-state.ts';
import { type DemoCard, demoPassword, type Woodgrove } from './woodgrove.ts';
import { authorityNames } from './woodgrove-crls.ts';

const stateFile = 'woodgrove.json';
/** As OpenSSL has it: the password is public, and start-up should not wait for ceremony. */
const iterations = 2048;

/** Where the demo put its files. */
export interface DemoFiles {
  /** Holds `NAME.p12` and `NAME.pem` of every card, and a README. */
  readonly cards: string;
  /** Holds `root.pem`, `issuing-1.pem`, `issuing-2.pem`: certificates only. */
  readonly authorities: string;
}

/**
 * Writes cards, CA certificates and the state below `folder`; may be called again and again. Whatever holds a private
 * key is for its owner only (0600, folders 0700). Throws `demoFolderNotWritable`.
 */
export function writeDemoFiles(folder: string, pki: Woodgrove): DemoFiles {
  const files = { cards: join(folder, 'cards'), authorities: join(folder, 'authorities') };
  try {
    for (const path of [folder, files.cards, files.authorities]) mkdirSync(path, { recursive: true, mode: 0o700 });
    for (const name of authorityNames)
      replaceFile(join(files.authorities, `${name}.pem`), pki.authorities[name].pem, 0o644);
    for (const card of pki.cards) writeCard(files.cards, card);
    replaceFile(join(files.cards, 'README.txt'), describe(pki.cards), 0o644);
    replaceFile(join(folder, stateFile), `${JSON.stringify(woodgroveState(pki), null, 2)}\n`, 0o600);
  } catch (cause) {
    throw fault('demoFolderNotWritable', { folder, why: (cause as NodeJS.ErrnoException).code ?? 'unknown' }, cause);
  }
  return files;
}

/** The PKI that was written to `folder`; undefined when there is none. Throws `demoFilesUnreadable`. */
export function readDemoFiles(folder: string): Woodgrove | undefined {
  const path = join(folder, stateFile);
  try {
    return openWoodgrove(JSON.parse(readFileSync(path, 'utf8')) as WoodgroveState);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(String((cause as NodeJS.ErrnoException).code))) return undefined;
    throw fault('demoFilesUnreadable', { file: path }, cause);
  }
}

/** The certificate with its key and the intermediates. The root is left out: the trust store has it. */
export const cardOf = (issuedCard: Issued): Card => ({ ...issuedCard, chain: issuedCard.chain.slice(0, -1) });

/** New salts would make a new file every time, so one that already holds this card stays. */
function writeCard(folder: string, { person, issued: issuedCard }: DemoCard): void {
  const card = cardOf(issuedCard);
  const p12 = join(folder, `${person.name}.p12`);
  const pem = join(folder, `${person.name}.pem`);
  if (!holds(p12, issuedCard))
    replaceFile(
      p12,
      writePkcs12(card, { password: demoPassword, friendlyName: friendlyName(person), iterations }),
      0o600,
    );
  if (!holds(pem, issuedCard)) replaceFile(pem, writePemCard(card, demoPassword), 0o600);
}

const friendlyName = ({ displayName, name }: DemoCard['person']): string => `${displayName} (Woodgrove ${name})`;

function holds(path: string, { der }: Issued): boolean {
  try {
    return Buffer.compare(readCardFile(readFileSync(path), demoPassword).der, der) === 0;
  } catch {
    return false;
  }
}

function describe(cards: readonly DemoCard[]): string {
  const lines = cards.map(({ person }) => `${person.name.padEnd(9)} ${person.description}`);
  return [`Cards of the Woodgrove demo. Password of every file: ${demoPassword}`, '', ...lines, ''].join('\n');
}
