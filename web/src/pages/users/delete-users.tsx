import { DeleteObjects, type DeletionProps } from '../../components/data/delete-objects.tsx';
import { type User, userPath } from './user.ts';

/** Asks, and deletes users. */
export const DeleteUsers = (props: DeletionProps<Pick<User, 'id' | 'displayName' | 'userPrincipalName'>>) => (
  <DeleteObjects
    {...props}
    what="user"
    pathOf={userPath}
    stale={['/users']}
    detail={({ userPrincipalName }) => <span className="faint">{userPrincipalName}</span>}
  >
    Sessions end at once, and signing in is no longer possible. For thirty days a deleted user can be restored with the
    groups, roles and authentication methods.
  </DeleteObjects>
);
