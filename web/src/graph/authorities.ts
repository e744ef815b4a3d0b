import { useAll } from './queries.ts';

/** A CA of either store, as the health of the trust stores lists it. */
export interface Authority {
  readonly authorityId: string;
  readonly displayName: string;
  readonly store: 'pki' | 'classic';
  readonly pkiId: string | null;
  readonly subject: string;
  readonly subjectKeyIdentifier: string | null;
}

export const authoritiesPath =
  '/directory/publicKeyInfrastructure/health?$select=authorityId,displayName,store,pkiId,subject,subjectKeyIdentifier&$top=500';

/** All CAs of both stores, to choose from. */
export function useAuthorities(): readonly Authority[] {
  return useAll<Authority>(authoritiesPath).data ?? [];
}
