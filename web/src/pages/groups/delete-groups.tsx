import { DeleteObjects, type DeletionProps } from '../../components/data/delete-objects.tsx';
import type { Group } from './group-type.ts';

/** Asks, and deletes groups. */
export const DeleteGroups = (props: DeletionProps<Group>) => (
  <DeleteObjects {...props} what="group" pathOf={(id) => `/groups/${id}`} stale={['/groups', '/users']} isTyped>
    Policies, roles, applications and rollouts that name the group no longer apply to its members. It can be restored
    for thirty days.
  </DeleteObjects>
);
