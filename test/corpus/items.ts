import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileKind } from '#core/asn1/file-kind.ts';

/** One certificate, CRL or bundle of a corpus. */
export interface Item {
  /** Path below the folder, with the number of the PEM block where there are several. */
  readonly name: string;
  readonly kind: 'certificate' | 'CRL' | 'bundle';
  readonly der: Uint8Array;
}

/** Larger files are no test input. */
const largestFile = 64 * 1024 * 1024;

const kindsByLabel: Readonly<Record<string, Item['kind']>> = {
  CERTIFICATE: 'certificate',
  'X509 CERTIFICATE': 'certificate',
  'X509 CRL': 'CRL',
  PKCS7: 'bundle',
  CMS: 'bundle',
};
const kindsByForm: Readonly<Record<string, Item['kind']>> = {
  'a certificate': 'certificate',
  'a CRL': 'CRL',
  'a PKCS #7 file': 'bundle',
};
/** For files whose form is not recognized: damaged ones are what a corpus is for. */
const kindsByEnd: readonly (readonly [end: RegExp, kind: Item['kind']])[] = [
  [/\.(crt|cer)$/i, 'certificate'],
  [/\.crl$/i, 'CRL'],
  [/\.p7[bc]$/i, 'bundle'],
];

/** Every certificate, CRL and bundle in a folder and the folders in it; other files are passed over. */
export function itemsIn(folder: string): readonly Item[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return names.filter((name) => statSync(name).size <= largestFile).flatMap((name) => itemsOf(name, folder));
}

function itemsOf(path: string, folder: string): readonly Item[] {
  const bytes = new Uint8Array(readFileSync(path));
  const name = path.slice(folder.length).replace(/^[\\/]/, '');
  if (bytes[0] === 0x30) {
    const kind = kindsByForm[fileKind(bytes)] ?? kindsByEnd.find(([end]) => end.test(name))?.[1];
    return kind ? [{ name, kind, der: bytes }] : [];
  }
  const blocks = [
    ...Buffer.from(bytes)
      .toString('latin1')
      .matchAll(/-----BEGIN ([^-]+)-----([^-]*)-----END \1-----/g),
  ];
  return blocks.flatMap(([, label, base64], index) => {
    const kind = kindsByLabel[label!];
    const der = new Uint8Array(Buffer.from(base64!.replace(/^[\w-]+:.*$/gm, ''), 'base64'));
    return kind ? [{ name: blocks.length > 1 ? `${name}#${index + 1}` : name, kind, der }] : [];
  });
}
