import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { pem } from '../build/certificate-builder.ts';
import type { Card } from './pkcs12.ts';
import { assemble, readPkcs12 } from './pkcs12-reader.ts';

/** Certificate, key and chain as PEM; the key is encrypted (PKCS #8, AES-256) when there is a password. */
export function writePemCard(card: Card, password?: string): string {
  const encryption = password === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: password };
  const key = card.privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString();
  const [leaf, ...chain] = [card, ...card.chain].map(({ der }) => pem('CERTIFICATE', der));
  return [leaf, key, ...chain].join('');
}

/**
 * Reads a card file, PKCS #12 or PEM. Throws `cardPasswordWrong`, `cardEncryptionUnsupported`, `cardFileUnreadable`
 * or `cardFileIncomplete`.
 */
export function readCardFile(file: Uint8Array, password = ''): Card {
  const text = Buffer.from(file).toString('latin1');
  return text.includes('-----BEGIN ') ? readPemCard(text, password) : readPkcs12(file, password);
}

/** PEM in any order; the certificate is the one of the key. Throws as {@link readCardFile}. */
export function readPemCard(text: string, password = ''): Card {
  try {
    const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)];
    const certificates = blocks.filter(([, label]) => label === 'CERTIFICATE').map(([, , body = '']) => derOf(body));
    const keys = blocks.filter(([, label]) => label?.endsWith('PRIVATE KEY'));
    return assemble(
      keys.map(([block]) => keyOf(block, password)),
      certificates,
    );
  } catch (thrown) {
    if (thrown instanceof CardeaError) throw thrown;
    throw fault('cardFileUnreadable', { why: 'not PEM of a certificate and its key' }, thrown);
  }
}

const derOf = (body: string): Uint8Array => new Uint8Array(Buffer.from(body, 'base64'));

function keyOf(block: string, password: string): KeyObject {
  const isEncrypted = block.includes('ENCRYPTED');
  try {
    return createPrivateKey({ key: block, format: 'pem', passphrase: password });
  } catch (cause) {
    throw isEncrypted
      ? fault('cardPasswordWrong', {}, cause)
      : fault('cardFileUnreadable', { why: 'a private key that cannot be read' }, cause);
  }
}
