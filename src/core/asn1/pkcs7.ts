import { BerReader } from './ber.ts';
import { contextConstructed, tags } from './tags.ts';

const signedData = '1.2.840.113549.1.7.2';

/**
 * The DER of each certificate in a certs-only PKCS #7 file (RFC 5652 §5.1): ContentInfo, which must hold SignedData without
 * content and signers. It needs no library, so a browser asks the same function. @throws DerError
 */
export function certificatesInPkcs7(file: Uint8Array): readonly Uint8Array[] {
  const outer = new BerReader(file, 'PKCS #7');
  const info = outer.enter(tags.sequence, 'ContentInfo');
  outer.end();
  const type = info.strictly('contentType', (reader) => reader.oid('contentType'));
  if (type !== signedData) throw info.error(`content of the type ${type} instead of signed data`);
  const explicit = info.enter(contextConstructed(0), 'content');
  info.end();
  const content = explicit.enter(tags.sequence, 'SignedData');
  explicit.end();
  return certificatesInSignedData(content);
}

function certificatesInSignedData(content: BerReader): readonly Uint8Array[] {
  const version = content.strictly('version', (reader) => reader.smallInteger('version'));
  if (![1, 3, 4, 5].includes(version)) throw content.error(`the version ${version}`);
  content.enter(tags.set, 'digestAlgorithms');
  checkEmpty(content.enter(tags.sequence, 'encapContentInfo'));
  const list = content.enterOptional(contextConstructed(0), 'certificates');
  content.enterOptional(contextConstructed(1), 'crls');
  const signers = content.enter(tags.set, 'signerInfos');
  if (!signers.atEnd) throw signers.error('a signature, which a file of certificates does not have');
  content.end();
  const certificates: Uint8Array[] = [];
  while (list && !list.atEnd) certificates.push(list.element('certificate').whole);
  if (certificates.length === 0) throw content.error('no certificate');
  return certificates;
}

/** RFC 5652 §5.2: content is absent; many programs write an empty one. */
function checkEmpty(encapsulated: BerReader): void {
  encapsulated.strictly('eContentType', (reader) => reader.oid('eContentType'));
  const explicit = encapsulated.enterOptional(contextConstructed(0), 'eContent');
  encapsulated.end();
  if (!explicit) return;
  const length = explicit.octetStringLength('eContent');
  explicit.end();
  if (length > 0) throw encapsulated.error('content, which a file of certificates does not have');
}
