/** Upper-case hex without separators; empty for no octets. */
export const hexOf = (octets: Uint8Array | undefined): string =>
  octets === undefined
    ? ''
    : Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex').toUpperCase();

/**
 * Hex as people and tools write it (`ab:cd`, `AB-CD`, `ab cd`), in the form of {@link hexOf}. Every comparison of a key identifier, thumbprint or
 * serial number that was entered uses it, so that a value that one place accepts matches in every other.
 */
export const plainHex = (text: string): string => text.replace(/[:\s-]/gu, '').toUpperCase();

/** Whether {@link plainHex} makes octets of a text: pairs of digits, with a separator between them or none, at most 256 characters. */
export const isHex = (text: string): boolean => text.length <= 256 && /^(?:[0-9a-f]{2}[:\s-]?)+$/iu.test(text);
