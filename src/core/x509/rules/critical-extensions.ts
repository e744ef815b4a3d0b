import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import { extensionIds } from '../extensions.ts';
import { nameToString } from '../name.ts';

/** What validation acts on, or what means nothing to it whatever it says (issuerAltName, where to find CRLs). */
const understanding: ReadonlySet<string> = new Set(Object.values(extensionIds));

/** RFC 5280 §4.2, §6.1.4 (o), §6.1.5 (f): a critical extension that is not understood is an order that is not obeyed. */
export function checkCriticalExtensions({ extensions, subject }: Certificate): Ruling<true> {
  const unknown = extensions.find(({ critical, oid }) => critical && !understanding.has(oid));
  if (!unknown) return passed(true, 'extensionsUnderstood', {});
  return refused('criticalExtensionUnknown', { subject: nameToString(subject), extension: unknown.oid });
}
