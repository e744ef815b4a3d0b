import type { AdminPorts } from '#ports/ports.ts';

export type PlanPorts = Pick<AdminPorts, 'users' | 'groups' | 'objects' | 'devices' | 'deleted' | 'synchronisation'> & {
  readonly tenant: { readonly domains: readonly { readonly id: string }[] };
};

export interface PlanOptions {
  /** Whether a cloud user with the same user principal name or address is taken over. */
  readonly softMatch: boolean;
}
