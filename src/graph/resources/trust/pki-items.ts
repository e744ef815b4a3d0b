import { detailsOf } from '#admin/trust/authority/authority-rules.ts';
import type { AuthorityRow, PkiContainer } from '#model/authority.ts';
import type { Item } from '../../odata/evaluate.ts';
import { withTag } from '../../protocol/etag.ts';
import { revocationItem } from './revocation-settings.ts';

/** `certificateBasedAuthPki` (graph-api §5). */
export function containerItem(container: PkiContainer): Item {
  const { id, displayName, lastModifiedDateTime, status, statusDetails } = container;
  const item = {
    '@odata.type': '#microsoft.graph.certificateBasedAuthPki',
    id,
    deletedDateTime: null,
    displayName: displayName ?? null,
    lastModifiedDateTime: lastModifiedDateTime.toISOString(),
    status: status ?? null,
    statusDetails: statusDetails ?? null,
  };
  return withTag(item, container);
}

/** `certificateAuthorityDetail` (graph-api §5). */
export function authorityItem(row: AuthorityRow): Item {
  const { issuer, subjectKeyIdentifier, thumbprint, expirationDateTime } = detailsOf(row);
  const item = {
    '@odata.type': '#microsoft.graph.certificateAuthorityDetail',
    id: row.id,
    deletedDateTime: null,
    certificateAuthorityType: row.authorityType,
    displayName: row.displayName,
    issuer,
    issuerSubjectKeyIdentifier: subjectKeyIdentifier ?? null,
    thumbprint,
    certificate: Buffer.from(row.der).toString('base64'),
    createdDateTime: row.createdDateTime.toISOString(),
    expirationDateTime: expirationDateTime.toISOString(),
    certificateRevocationListUrl: row.certificateRevocationListUrl ?? null,
    deltaCertificateRevocationListUrl: row.deltaCertificateRevocationListUrl ?? null,
    isIssuerHintEnabled: row.isIssuerHintEnabled,
    ...revocationItem(row),
  };
  return withTag(item, row);
}
