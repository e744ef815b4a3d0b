import { detailsOf } from '#admin/trust/authority/authority-rules.ts';
import { authorityWarnings } from '#admin/trust/health/authority-warnings.ts';
import { describeLeftOut, type LeftOut, type Selection } from '#admin/trust/upload/bundle-selection.ts';
import { messageOf, remedyOf } from '#core/trace/fault.ts';
import type { AlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import type { AuthorityRow, PkiContainer } from '#model/authority.ts';
import type { CrlState } from '#model/crl.ts';

/** A CA for programs. */
export const withDetails = (row: AuthorityRow) => {
  const { issuer, subjectKeyIdentifier, thumbprint, expirationDateTime } = detailsOf(row);
  return { ...row, der: undefined, issuer, issuerSki: subjectKeyIdentifier, thumbprint, expirationDateTime };
};

/** CAs for programs and for people, with the state of their CRLs by the address. */
export function listAuthorities(
  rows: readonly AuthorityRow[],
  containers: readonly PkiContainer[],
  states: ReadonlyMap<string, CrlState>,
  { at, algorithms }: { readonly at: Date; readonly algorithms: AlgorithmPolicy },
) {
  const items = rows.map((row) => ({ row, details: detailsOf(row), state: crlStateText(row, states.get(row.id), at) }));
  const cells = items.map(({ row, details, state }) => {
    const container = containers.find(({ id }) => id === row.containerId)?.displayName;
    const until = details.expirationDateTime.toISOString().slice(0, 10);
    return [
      row.id,
      row.authorityType,
      row.displayName,
      container ? `${row.store} (${container})` : row.store,
      at > details.expirationDateTime ? `${until} (expired)` : until,
      // To the day: --json has the time.
      state.replace(/(?<=\d{4}-\d\d-\d\d)T[\d:.]+Z/, ''),
    ];
  });
  return {
    document: items.map(({ row, state }) => ({
      ...withDetails(row),
      crlState: state,
      warnings: authorityWarnings(row, at, algorithms).map(({ code, text, remedy }) => ({ code, text, remedy })),
    })),
    rows: [['id', 'type', 'name', 'store', 'expires', 'CRL state'], ...cells],
  };
}

/** CAs for programs and for people. */
const describeAuthorities = (containers: readonly PkiContainer[]) => (rows: readonly AuthorityRow[]) => ({
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

/** CAs that were added or changed, with what to look at about them. */
export const changedAuthorities = (rows: readonly AuthorityRow[]) => ({ ...description(rows), authorities: rows });

/** What became of each certificate of a file: rows for people. */
export function resultRows({ fresh, present, leftOut }: Selection<AuthorityRow>): readonly (readonly string[])[] {
  const row = (result: string) => (authority: AuthorityRow) => {
    const { id, authorityType, displayName, certificateRevocationListUrl: url } = authority;
    return [result, id, authorityType, displayName, url ?? '(no CRL)'];
  };
  const left = leftOut.map((item) => [
    'left out',
    '',
    '',
    item.subject || `certificate ${item.position}`,
    describeLeftOut(item),
  ]);
  const heading = ['result', 'id', 'type', 'name', 'CRL or reason'];
  return [heading, ...fresh.map(row('added')), ...present.map(row('present')), ...left];
}

/** A certificate that was left out, for programs. */
export const leftOutItem = ({ position, subject, sha1Thumbprint, because }: LeftOut) => ({
  position,
  subject,
  thumbprint: sha1Thumbprint,
  code: because.code,
  reason: messageOf(because),
  remedy: remedyOf(because),
});

/** What became of each certificate of a file: one item each. */
export function oneByOne(selection: Selection<AuthorityRow>) {
  const { fresh, present, leftOut } = selection;
  const document = [
    ...fresh.map((row) => ({ result: 'added', ...withDetails(row) })),
    ...present.map((row) => ({ result: 'present', ...withDetails(row) })),
    ...leftOut.map((item) => ({ result: 'leftOut', ...leftOutItem(item) })),
  ];
  return { document, rows: resultRows(selection), authorities: fresh };
}

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

/** What an administrator should look at about these CAs, a line each, with the next step. */
export function warningLines(rows: readonly AuthorityRow[], at: Date, algorithms: AlgorithmPolicy): readonly string[] {
  const warnings = rows.flatMap((row) =>
    authorityWarnings(row, at, algorithms).map(
      ({ text, remedy }) => `Warning: ${text} ${remedy.replace(/\bID\b/, row.id)}`,
    ),
  );
  return [...new Set(warnings)];
}

/** Where the base CRL of a CA stands, in words. */
export function crlStateText(row: AuthorityRow, state: CrlState | undefined, at: Date): string {
  if (!row.certificateRevocationListUrl) return row.revocation?.ocsp ? 'OCSP only' : 'not checked: no address';
  if (!state?.nextUpdate) return state?.lastError ? `failed: ${state.lastError.code}` : 'not fetched yet';
  const until = state.nextUpdate.toISOString();
  if (at >= state.nextUpdate) return `expired ${until}`;
  return state.lastError ? `until ${until}, last attempt: ${state.lastError.code}` : `until ${until}`;
}
