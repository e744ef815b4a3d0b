import type { CrlUrls } from '../authority-rules.ts';
import { type TrustWarning, trustWarning } from './warnings.ts';

/**
 * TS-9: Microsoft's checker expects `http://host.with.dot/path/file.ext` of the address of a CRL. Another form works here, and
 * is mostly a mistake.
 */
export const isUnusualCrlAddress = (url: string): boolean =>
  !/^http:\/\/[^/:]+\.[^/:]+(?::\d+)?\/(?:[^?#]*\/)?[^/?#]+\.\w+$/i.test(url);

/** A warning for each address of an unusual form, with the property that it is about. */
export function crlAddressWarnings(urls: CrlUrls): readonly (TrustWarning & { readonly target: string })[] {
  const targets = ['certificateRevocationListUrl', 'deltaCertificateRevocationListUrl'] as const;
  return targets.flatMap((target) => {
    const url = urls[target];
    return url && isUnusualCrlAddress(url) ? [{ ...trustWarning('crlAddressUnusual', { url }), target }] : [];
  });
}
