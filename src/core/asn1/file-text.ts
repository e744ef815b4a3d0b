/**
 * The text of a file, one character an octet, or UTF-16 where its byte order mark says so: PowerShell and Notepad write PEM in
 * it. A mark is not part of the text.
 */
export function fileText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.toString('utf16le', 2);
  if (buffer[0] === 0xfe && buffer[1] === 0xff) {
    const whole = buffer.length - (buffer.length % 2);
    return Buffer.from(buffer.subarray(2, whole)).swap16().toString('utf16le');
  }
  return buffer.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
}

/** The DER of a file that is its base64 without a label, as Windows reads one, too; undefined for every other file. */
export function bareBase64(bytes: Uint8Array): Uint8Array | undefined {
  const text = fileText(bytes).trim();
  // The first octet of a SEQUENCE is 30, whose base64 begins with this letter.
  if (!text.startsWith('M') || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(text)) return undefined;
  const der = new Uint8Array(Buffer.from(text, 'base64'));
  return der[0] === 0x30 ? der : undefined;
}
