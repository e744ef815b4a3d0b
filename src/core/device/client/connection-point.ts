import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import { isGuid } from '../guid.ts';

/** Which tenant the computers of a forest join (windows-sign-in §6.2). */
export interface ConnectionPoint {
  /** A verified domain of the tenant. */
  readonly domain: string;
  readonly tenantId: string;
}

/** Name of the service connection point below `CN=Services` of the configuration partition (windows-sign-in §6.2). */
export const connectionPointPath =
  'CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=Services';

const [domainWord, idWord] = ['azureADName:', 'azureADId:'];

/** What the `keywords` of the object say. Refuses with `connectionPointMalformed`. */
export function readConnectionPoint(keywords: readonly string[]): Ruling<ConnectionPoint> {
  const textAfter = (word: string) =>
    keywords
      .find((text) => text.toLowerCase().startsWith(word.toLowerCase()))
      ?.slice(word.length)
      .trim();
  const [domain, tenantId] = [textAfter(domainWord), textAfter(idWord)?.toLowerCase()];
  if (!domain || !/^[\w.-]+$/.test(domain)) return refused('connectionPointMalformed', { missing: domainWord });
  if (!isGuid(tenantId ?? '')) return refused('connectionPointMalformed', { missing: idWord });
  return passed({ domain, tenantId: tenantId! }, 'connectionPointRead', { domain, tenantId: tenantId! });
}

/** The `keywords` of an object that leads to the tenant. */
export const keywordsOf = ({ domain, tenantId }: ConnectionPoint): readonly string[] => [
  `${domainWord}${domain}`,
  `${idWord}${tenantId}`,
];
