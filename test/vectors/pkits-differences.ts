import type { Difference } from './ledger.ts';

/** NIST PKITS 1.0.1 (2011). */
export const pkitsDifferences: Readonly<Record<string, Difference>> = {
  '4.1.5': {
    ours: 'refused',
    code: 'keyUnreadable',
    because:
      'the key inherits its DSA parameters from its issuer (RFC 3279 §2.3.2); OpenSSL, and so node:crypto, has no word for that',
  },
};
