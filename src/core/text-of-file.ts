/** The encoding of a file that a person wrote: UTF-8, or UTF-16 as `>` of PowerShell makes it, with a byte order mark. */
export const encodingOf = (bytes: Uint8Array): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';

/** The text of such a file, without the byte order mark that Notepad and PowerShell put before it. */
export const textOfFile = (bytes: Uint8Array): string => new TextDecoder(encodingOf(bytes)).decode(bytes);
