import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import type { KeyUsage } from '../extensions/extensions.ts';
import { nameToString } from '../name.ts';

/**
 * RFC 5280 §4.2.1.3, §6.1.4 (n). A certificate without the extension may be used for anything: the RFC wants one in
 * every CA, old enterprise CAs omit it.
 */
export function checkKeyUsage({ keyUsage, subject }: Certificate, requirement: KeyUsage): Ruling<true> {
  if (keyUsage === undefined || keyUsage.has(requirement))
    return passed(true, 'keyUsageAllows', { needed: requirement });
  return refused('keyUsageForbids', { subject: nameToString(subject), needed: requirement, allowed: [...keyUsage] });
}
