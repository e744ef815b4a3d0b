import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import { extensionIds } from '../extensions/extensions.ts';
import { nameToString } from '../name.ts';

/** What validation acts on, or what means nothing to it whatever it says (issuerAltName, where to find CRLs). */
const understanding: ReadonlySet<string> = new Set(Object.values(extensionIds));

/** RFC 5280 §4.2, §6.1.4 (o), §6.1.5 (f): a critical extension that is not understood is an order that is not obeyed. */
export function checkCriticalExtensions({ extensions, subject, certificatePolicies }: Certificate): Ruling<true> {
  const unknown = extensions.find(({ critical, oid }) => critical && !understanding.has(oid));
  if (unknown) return refused('criticalExtensionUnknown', { subject: nameToString(subject), extension: unknown.oid });
  // §4.2.1.4: a critical policies extension with a qualifier that cannot be interpreted refuses.
  const qualifier = certificatePolicies.find(
    ({ unknownQualifier }) => unknownQualifier !== undefined,
  )?.unknownQualifier;
  const isCritical = extensions.some(({ critical, oid }) => critical && oid === extensionIds.certificatePolicies);
  if (qualifier !== undefined && isCritical)
    return refused('policyQualifierUnknown', { subject: nameToString(subject), qualifier });
  return passed(true, 'extensionsUnderstood', {});
}
