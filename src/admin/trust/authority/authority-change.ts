import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { OcspSettings } from '#core/x509/trust-store.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { checkOcspUrl, checkUrls } from './authority-rules.ts';

/** The properties of a CA that may be changed; omitted ones keep their values. An empty text removes an address. */
export interface AuthorityChange {
  readonly displayName?: string | undefined;
  readonly certificateRevocationListUrl?: string | undefined;
  readonly deltaCertificateRevocationListUrl?: string | undefined;
  readonly isIssuerHintEnabled?: boolean | undefined;
  readonly furtherCrlUrls?: readonly string[] | undefined;
  readonly graceSeconds?: number | undefined;
  /** An empty URL takes the responder away. */
  readonly ocsp?: OcspSettings | undefined;
}

/** The row with the change made. Refuses with crlUrlInvalid, ocspUrlInvalid, deltaWithoutBase, graceInvalid. */
export function changed(row: AuthorityRow, authorityChange: AuthorityChange): Ruling<AuthorityRow> {
  const furtherCrlUrls = (authorityChange.furtherCrlUrls ?? row.revocation?.furtherCrlUrls)?.filter(
    (url) => url !== '',
  );
  const { graceSeconds = row.revocation?.graceSeconds, ocsp = row.revocation?.ocsp } = authorityChange;
  if (graceSeconds !== undefined && !(Number.isInteger(graceSeconds) && graceSeconds >= 0))
    return refused('graceInvalid', { graceSeconds: `${graceSeconds}` });
  const urls = {
    certificateRevocationListUrl:
      (authorityChange.certificateRevocationListUrl ?? row.certificateRevocationListUrl) || undefined,
    deltaCertificateRevocationListUrl:
      (authorityChange.deltaCertificateRevocationListUrl ?? row.deltaCertificateRevocationListUrl) || undefined,
  };
  const urlsRuling = checkUrls(urls, furtherCrlUrls);
  if (urlsRuling.outcome !== 'passed') return urlsRuling;
  if (ocsp?.url) {
    const ocspUrlRuling = checkOcspUrl(ocsp.url);
    if (ocspUrlRuling.outcome !== 'passed') return ocspUrlRuling;
  }
  const revocation = {
    ...(furtherCrlUrls?.length ? { furtherCrlUrls } : {}),
    ...(graceSeconds === undefined ? {} : { graceSeconds }),
    ...(ocsp?.url ? { ocsp } : {}),
  };
  const { revocation: _, ...rest } = row;
  return success({
    ...rest,
    ...urls,
    displayName: authorityChange.displayName || row.displayName,
    isIssuerHintEnabled: authorityChange.isIssuerHintEnabled ?? row.isIssuerHintEnabled,
    ...(Object.keys(revocation).length > 0 ? { revocation } : {}),
  });
}
