import type { CrlAnswer, CrlFetched, CrlRequest } from '#core/crl/answer.ts';
import { needsNewerBase } from '#core/crl/format/delta.ts';

/** The base from the first address that delivers a current one; when none does, what the first had to say. */
export async function firstOf(
  { baseUrl, furtherUrls = [] }: CrlRequest,
  get: (url: string) => Promise<CrlFetched>,
): Promise<CrlFetched> {
  const first = await get(baseUrl);
  if (delivers(first)) return first;
  for (const url of furtherUrls) {
    const next = await get(url);
    if (delivers(next)) return next;
  }
  return first;
}
const delivers = (crlFetched: CrlFetched): boolean =>
  crlFetched.kind === 'fetched' && crlFetched.notRenewed === undefined;

export function lacksBase({ base, delta }: CrlAnswer): boolean {
  return base.kind === 'fetched' && delta?.kind === 'fetched' && needsNewerBase(base.crl, delta.crl);
}
