import type { ReactNode } from 'react';
import { ConfirmDialog, type DialogChange } from '../../components/overlays/dialog.tsx';

interface DeleteAuthorityProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly change: DialogChange & { readonly mutate: () => void };
  /** Which CA, and whether it can be restored. */
  readonly children: ReactNode;
}

/** Asks before a CA of either store is deleted. */
export const DeleteAuthority = ({ change, children, ...props }: DeleteAuthorityProps) => (
  <ConfirmDialog
    {...props}
    title="Delete certificate authority"
    action="Delete"
    isDanger
    acknowledgements={[
      'I understand that users with certificates of this certificate authority can no longer sign in with them.',
    ]}
    onConfirm={() => change.mutate()}
    change={change}
  >
    <p>{children}</p>
  </ConfirmDialog>
);
