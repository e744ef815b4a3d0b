import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import { nameToString } from '../name.ts';

/** RFC 5280 §6.1.4 (k): a CA between anchor and leaf is of version 3 and says that it is one. */
export function checkIsAuthority({ version, basicConstraints, subject }: Certificate): Ruling<true> {
  if (version === 3 && basicConstraints?.cA) return passed(true, 'authorityConfirmed', {});
  return refused('issuerNotAuthority', { subject: nameToString(subject) });
}

/** The certificate of a CA is not for users. §4.2.1.9: keyCertSign belongs to a CA, also where basic constraints are missing. */
export function checkIsNoAuthority({ basicConstraints, keyUsage, subject }: Certificate): Ruling<true> {
  return basicConstraints?.cA || keyUsage?.has('keyCertSign')
    ? refused('leafIsAuthority', { subject: nameToString(subject) })
    : passed(true, 'leafConfirmed', {});
}
