import type { Name } from './name.ts';

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The octets inside extnValue. */
  readonly value: Uint8Array;
}
/** RFC 5280 §4.2.1.6. An otherName's value is its DER; a UPN (1.3.6.1.4.1.311.20.2.3) is decoded to `text`. */
export type GeneralName =
  | { readonly kind: 'otherName'; readonly oid: string; readonly value: Uint8Array; readonly text?: string }
  | { readonly kind: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'; readonly text: string }
  | { readonly kind: 'directoryName'; readonly name: Name }
  | { readonly kind: 'iPAddress'; readonly octets: Uint8Array }
  | { readonly kind: 'registeredID'; readonly oid: string }
  | { readonly kind: 'x400Address' | 'ediPartyName'; readonly value: Uint8Array };
export interface PolicyInformation {
  readonly policyIdentifier: string;
}
