import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import { nameToString } from '../name.ts';

/** RFC 5280 §4.1.2.5, §6.1.3 (a)(2); PATH-6, PATH-7: valid now, both ends included, to the second. */
export function checkValidity({ subject, issuer, notBefore, notAfter }: Certificate, at: Date): Ruling<true> {
  const now = Math.floor(at.getTime() / 1000) * 1000;
  // A clock that shows no time at all is inside of no period.
  if (now >= notBefore.getTime() && now <= notAfter.getTime()) return passed(true, 'certificateCurrent', {});
  return refused('certificateNotCurrent', {
    subject: nameToString(subject),
    issuer: nameToString(issuer),
    now: Number.isNaN(now) ? 'no time' : at.toISOString(),
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  });
}
