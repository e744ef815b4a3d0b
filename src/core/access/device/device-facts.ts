/** What is known of a registered device that proved itself in the request. Names are Graph's. */
export interface DeviceFacts {
  readonly deviceId: string;
  readonly displayName: string;
  readonly operatingSystem: string;
  readonly operatingSystemVersion: string;
  /** `AzureAd`, `ServerAd` or `Workplace`. */
  readonly trustType: string | null;
  readonly isCompliant: boolean | null;
  readonly isManaged: boolean | null;
  readonly deviceOwnership: string | null;
  readonly physicalIds: readonly string[];
  readonly systemLabels: readonly string[];
  /** `extensionAttribute1` to `extensionAttribute15`. */
  readonly extensionAttributes: Readonly<Record<string, string>>;
}
