import { isUnusualCrlAddress } from '#core/crl/addresses/usual-address.ts';
import type { CrlUrls } from '../authority/authority-rules.ts';
import { type TrustWarning, trustWarning } from './warnings.ts';

/** A warning for each address of an unusual form, with the property that it is about. */
export function crlAddressWarnings(urls: CrlUrls): readonly (TrustWarning & { readonly target: string })[] {
  const targets = ['certificateRevocationListUrl', 'deltaCertificateRevocationListUrl'] as const;
  return targets.flatMap((target) => {
    const url = urls[target];
    return url && isUnusualCrlAddress(url) ? [{ ...trustWarning('crlAddressUnusual', { url }), target }] : [];
  });
}
