import type { CrlUrls } from '../authority-rules.ts';

/** What is accepted and may be a mistake all the same: shown to the administrator who made the change. */
export interface TrustWarning {
  readonly code: 'crlAddressUnusual' | 'issuerNotInTrustStore';
  /** The property that it is about. */
  readonly target: string;
  readonly text: string;
}

/**
 * TS-9: Microsoft's checker expects `http://host.with.dot/path/file.ext` of the address of a CRL. Another form works here, and
 * is mostly a mistake.
 */
export const isUnusualCrlAddress = (url: string): boolean =>
  !/^http:\/\/[^/:]+\.[^/:]+(?::\d+)?\/(?:[^?#]*\/)?[^/?#]+\.\w+$/i.test(url);

/** A warning for each address of an unusual form. */
export function crlAddressWarnings(urls: CrlUrls): readonly TrustWarning[] {
  const targets = ['certificateRevocationListUrl', 'deltaCertificateRevocationListUrl'] as const;
  return targets.flatMap((target) => {
    const url = urls[target];
    if (!url || !isUnusualCrlAddress(url)) return [];
    const text = `The address ${url} is not of the usual form http://host.example/path/list.crl.`;
    return [{ code: 'crlAddressUnusual' as const, target, text }];
  });
}
