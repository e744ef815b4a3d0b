import { privateKeyIn } from '#core/x509/algorithms/private-key.ts';

/** The octets of a file in base64. A private key is refused here, before anything is sent. @throws a sentence */
export async function certificateIn(file: File): Promise<string> {
  return base64Of(await bytesWithoutKey(file));
}

/** The octets of a file that is sent. A private key is refused here, before anything is sent. @throws a sentence */
export async function bytesWithoutKey(file: File): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (privateKeyIn(bytes) || /\.(p12|pfx|key)$/i.test(file.name))
    throw new Error(`${file.name} contains a private key. Choose a file with the certificate only.`);
  return bytes;
}

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
