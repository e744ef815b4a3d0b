/** A slot with a card, as `pkcs11-tool --list-slots` prints it. */
export interface TokenSlot {
  /** Hexadecimal, as the tool takes it. */
  readonly id: string;
  readonly label: string;
  readonly isBlocked: boolean;
  /** The PIN was wrong: the next wrong one blocks the card, or a few more do. */
  readonly tries: 'all' | 'few' | 'last';
}

/** The slots that hold a card. */
export function slotsIn(listing: string): readonly TokenSlot[] {
  return listing.split(/^(?=Slot \d)/m).flatMap((section) => {
    const [, id] = /^Slot \d+ \((0x[\da-f]+)\)/.exec(section) ?? [];
    const [, label] = /^\s+token label\s*: (.*)$/m.exec(section) ?? [];
    if (id === undefined || label === undefined) return [];
    const [, flags = ''] = /^\s+token flags\s*: (.*)$/m.exec(section) ?? [];
    const tries = /final user PIN try/i.test(flags) ? 'last' : /user PIN count low/i.test(flags) ? 'few' : 'all';
    return [{ id, label: label.trim(), isBlocked: /user PIN locked/i.test(flags), tries }];
  });
}

/**
 * The ids of the certificates that `pkcs11-tool --list-objects --type cert` prints, in hexadecimal. Modules list them in any
 * order; the order of the ids is the same each time, so that the number of a certificate is.
 */
export const certificateIdsIn = (listing: string): readonly string[] =>
  [...listing.matchAll(/^\s+ID:\s+([\da-f]+)\s*$/gm)].map(([, id]) => id!).sort();
