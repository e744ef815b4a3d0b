/** A domain name of the tenant. */
export interface Domain {
  readonly id: string;
  readonly authenticationType: 'Managed' | 'Federated';
  readonly isDefault: boolean;
  readonly isVerified: boolean;
}
