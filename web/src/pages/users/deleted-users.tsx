import { DeletedObjects } from '../../components/data/deleted-objects.tsx';

interface DeletedUser {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly deletedDateTime: string;
}

export default function DeletedUsersPage() {
  return (
    <DeletedObjects<DeletedUser>
      kind={['users', 'user']}
      description="Deleted users can be restored for thirty days, with their groups, roles and authentication methods."
      area="users"
      columns={[{ id: 'upn', title: 'User principal name', render: (user) => user.userPrincipalName }]}
      consequence="All authentication methods are removed as well."
    />
  );
}
