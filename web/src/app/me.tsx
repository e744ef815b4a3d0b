import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { Button } from '../components/button.tsx';
import { ErrorState, Loading } from '../components/states.tsx';
import { useGraph } from '../graph/queries.ts';
import { type SignedIn, signOut } from '../graph/session.ts';
import { RightsContext, rightsOf } from './roles.ts';

interface Role {
  readonly displayName: string;
  readonly roleTemplateId: string;
}

interface Organization {
  readonly id: string;
  readonly displayName: string;
}

/** Who is signed in, where, and in which directory roles. */
export interface Me extends SignedIn {
  readonly roles: readonly string[];
  readonly tenant: Organization;
}

const MeContext = createContext<Me | undefined>(undefined);

/** The user who is signed in. */
export const useMe = (): Me => useContext(MeContext)!;

/** Reads the roles of the user, and shows the pages when they are known. */
export function MeProvider({ user, children }: { readonly user: SignedIn; readonly children: ReactNode }) {
  const roles = useGraph<{ readonly value: readonly Role[] }>('/me/transitiveMemberOf/microsoft.graph.directoryRole');
  const organization = useGraph<{ readonly value: readonly Organization[] }>('/organization?$select=id,displayName');
  const rights = useMemo(
    () => rightsOf((roles.data?.value ?? []).map(({ roleTemplateId }) => roleTemplateId)),
    [roles.data],
  );
  const me = useMemo<Me>(
    () => ({
      ...user,
      roles: (roles.data?.value ?? []).map(({ displayName }) => displayName),
      tenant: organization.data?.value[0] ?? { id: user.tenantId, displayName: '' },
    }),
    [user, roles.data, organization.data],
  );
  if (roles.isPending || organization.isPending) return <Loading what="Opening the admin center" />;
  if (roles.error)
    return (
      <>
        <ErrorState problem={roles.error} retry={roles.refetch} />
        <div className="state">
          <Button onPress={signOut}>Sign out</Button>
        </div>
      </>
    );
  return (
    <MeContext value={me}>
      <RightsContext value={rights}>{children}</RightsContext>
    </MeContext>
  );
}
