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
    Sessions end immediately, and signing in is no longer possible. A deleted user can be restored for thirty days, with
    their groups, roles and authentication methods.
  </DeleteObjects>
);
