import { DeletedObjects } from '../../components/data/deleted-objects.tsx';

export default function DeletedGroupsPage() {
  return (
    <DeletedObjects
      kind={['groups', 'group']}
      description="Deleted groups can be restored for thirty days, with their members, owners and roles."
      area="groups"
      consequence="Policies, roles, applications and rollouts no longer name them."
    />
  );
}
