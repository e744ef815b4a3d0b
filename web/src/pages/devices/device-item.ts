/** A device as these pages read one. */
export interface Device {
  readonly id: string;
  readonly deviceId: string;
  readonly displayName: string;
  readonly operatingSystem: string | null;
  readonly operatingSystemVersion: string | null;
  readonly trustType: string | null;
  readonly accountEnabled: boolean;
  readonly isCompliant: boolean | null;
  readonly isManaged: boolean | null;
  readonly createdDateTime: string | null;
  readonly registrationDateTime?: string | null;
  readonly approximateLastSignInDateTime: string | null;
  readonly smartCardSignInUpdate: string | null;
  readonly extensionAttributes?: Readonly<Record<string, string | null>>;
}

const joinTypes: Readonly<Record<string, string>> = {
  AzureAd: 'Microsoft Entra joined',
  ServerAd: 'Microsoft Entra hybrid joined',
  Workplace: 'Microsoft Entra registered',
};

/** The join type in Entra's words. */
export const joinTypeOf = ({ trustType }: Device): string => joinTypes[trustType ?? ''] ?? '—';
