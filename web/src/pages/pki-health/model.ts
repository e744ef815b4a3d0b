import type { Authority } from '../../graph/authorities.ts';
import { listPath, literal } from '../../graph/paths.ts';
import { type PagedList, useGraph } from '../../graph/queries.ts';

/** A list of a CA. */
export interface Crl {
  readonly url: string;
  readonly number: string | null;
  readonly thisUpdateDateTime: string | null;
  readonly nextUpdateDateTime: string | null;
  readonly fetchedDateTime: string | null;
  readonly sizeInBytes: number;
  readonly entries: number;
  readonly ageSeconds: number | null;
  readonly authorityKeyIdentifier: string | null;
  readonly lastFetchMilliseconds: number | null;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

/** A CA of either store with its lists and warnings. */
export interface Health extends Authority {
  readonly parentId: string | null;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly keyAlgorithm: string;
  readonly state: 'healthy' | 'warning' | 'critical';
  readonly nextDueDateTime: string;
  readonly warnings: readonly {
    readonly code: string;
    readonly text: string;
    readonly remedy: string;
    readonly dueDateTime: string | null;
  }[];
  readonly crls: readonly Crl[];
}

export const healthPath = '/directory/publicKeyInfrastructure/health';

/** The health of a CA, also where the page of the list that has it was not read. Undefined for an empty id. */
export function useAuthority(list: PagedList<Health>, id: string): Health | undefined {
  const row = list.rows.find(({ authorityId }) => authorityId === id);
  const isAlone = id !== '' && row === undefined && list.query.isSuccess;
  const path = listPath(healthPath, { filter: `authorityId eq ${literal(id)}` });
  const alone = useGraph<{ readonly value: readonly Health[] }>(isAlone ? path : undefined);
  return row ?? (isAlone ? alone.data?.value[0] : undefined);
}
