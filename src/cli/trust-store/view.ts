import { detailsOf } from '#admin/trust/authority-rules.ts';
import type { AuthorityRow, PkiContainer } from '#model/authority.ts';

/** A CA for programs. */
export const withDetails = (row: AuthorityRow) => {
  const { issuer, subjectKeyIdentifier, thumbprint, expirationDateTime } = detailsOf(row);
  return { ...row, der: undefined, issuer, issuerSki: subjectKeyIdentifier, thumbprint, expirationDateTime };
};

/** CAs for programs and for people. */
export const describeAuthorities = (containers: readonly PkiContainer[]) => (rows: readonly AuthorityRow[]) => ({
  document: rows.map((row) => withDetails(row)),
  rows: [
    ['id', 'type', 'name', 'store', 'CRL'],
    ...rows.map((row) => {
      const container = containers.find(({ id }) => id === row.containerId)?.displayName;
      const store = container ? `${row.store} (${container})` : row.store;
      return [row.id, row.authorityType, row.displayName, store, row.certificateRevocationListUrl ?? '(no CRL)'];
    }),
  ],
});
/** CAs whose containers are not shown. */
export const description = describeAuthorities([]);

/** Containers for people. */
export const containerCells = (containers: readonly PkiContainer[]) => [
  ['id', 'name', 'upload', 'details'],
  ...containers.map(({ id, displayName, status, statusDetails }) => [
    id,
    displayName ?? '',
    status ?? '(none)',
    statusDetails ?? '',
  ]),
];
