/** A group as these pages read one. */
export interface Group {
  readonly '@odata.etag'?: string;
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly groupTypes: readonly string[];
  readonly securityEnabled: boolean;
  readonly isAssignableToRole: boolean | null;
  readonly onPremisesSyncEnabled: boolean | null;
  readonly createdDateTime: string | null;
}

/** The type in Entra's words. */
export const typeOf = ({ groupTypes }: Group): string =>
  groupTypes.includes('Unified') ? 'Microsoft 365' : 'Security';
