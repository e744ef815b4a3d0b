import { useMay } from '../../app/roles.ts';
import { DeletedObjects } from '../../components/data/deleted-objects.tsx';

export default function DeletedGroupsPage() {
  const may = useMay('groups');
  return (
    <DeletedObjects
      kind={['groups', 'group']}
      description="Deleted groups can be restored for thirty days, with their members, owners and roles."
      mayWrite={may.write}
      consequence="Policies, roles, applications and rollouts no longer name them."
    />
  );
}
