import { Badge } from '../../components/data/details.tsx';
import { type GraphChange, sendSeries } from '../../graph/series.ts';

/** A user of a report, with values of certificates that can no longer sign in. */
export interface WithStaleValues {
  readonly userId: string;
  readonly userPrincipalName: string;
  readonly userDisplayName: string;
  readonly userETag: string | null;
  readonly lastUsed: string;
  /** Null for those who may not read how certificates are bound. */
  readonly certificateUserIds: readonly string[] | null;
  readonly staleValues: readonly { readonly value: string; readonly why: string }[];
}

export const StaleValues = ({ values }: { readonly values: WithStaleValues['staleValues'] }) =>
  values.length === 0
    ? '—'
    : values.map(({ value, why }) => (
        <div key={value}>
          <code className="break">{value}</code> <Badge tone="warning">{why}</Badge>
        </div>
      ));

/** What a user has left without the stale values. */
export function withoutStale({ certificateUserIds, staleValues }: WithStaleValues): readonly string[] {
  const stale = new Set(staleValues.map(({ value }) => value));
  return (certificateUserIds ?? []).filter((value) => !stale.has(value));
}

type ChangedUser = Pick<WithStaleValues, 'userId' | 'userPrincipalName' | 'userDisplayName'>;

/** The change that gives a user these values. */
export const valuesChange = (
  { userId, userETag, ...names }: ChangedUser & Pick<WithStaleValues, 'userETag'>,
  certificateUserIds: readonly string[],
): GraphChange => ({
  path: `/users/${userId}`,
  method: 'PATCH',
  body: { authorizationInfo: { certificateUserIds } },
  etag: userETag ?? undefined,
  about: names.userDisplayName || names.userPrincipalName,
});

/** Gives users back the values that they had. */
export const restoreValues = (
  rows: readonly (ChangedUser & Pick<WithStaleValues, 'certificateUserIds'>)[],
): Promise<unknown> =>
  sendSeries(rows.map((row) => valuesChange({ ...row, userETag: null }, row.certificateUserIds ?? [])));
