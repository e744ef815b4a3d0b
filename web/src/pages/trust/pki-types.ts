import type { Revocation } from './revocation-fields.tsx';

export const pkisPath = '/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations';
export const deletedPath = '/directory/deletedItems';

/** A container of CAs. */
export interface Pki {
  readonly '@odata.etag': string;
  readonly id: string;
  readonly displayName: string | null;
  readonly status: 'succeeded' | 'running' | 'failed' | null;
  readonly statusDetails: string | null;
  readonly lastModifiedDateTime: string;
  readonly deletedDateTime: string | null;
}

/** A CA of a container. */
export interface PkiAuthority {
  readonly '@odata.etag': string;
  readonly id: string;
  readonly certificateAuthorityType: 'root' | 'intermediate';
  readonly displayName: string;
  readonly issuer: string;
  readonly issuerSubjectKeyIdentifier: string | null;
  readonly thumbprint: string;
  readonly createdDateTime: string;
  readonly expirationDateTime: string;
  readonly certificateRevocationListUrl: string | null;
  readonly deltaCertificateRevocationListUrl: string | null;
  readonly isIssuerHintEnabled: boolean;
  readonly deletedDateTime: string | null;
  readonly '@cardea.revocation'?: Revocation;
}

/** A CA of the classic store. */
export interface ClassicAuthority {
  readonly isRootAuthority: boolean;
  readonly certificate: string;
  readonly certificateRevocationListUrl: string | null;
  readonly deltaCertificateRevocationListUrl: string | null;
  readonly issuer: string;
  readonly issuerSki: string;
  readonly '@cardea.revocation'?: Revocation;
}

/** What was accepted and may be a mistake. */
export interface Warned {
  readonly '@cardea.warnings'?: readonly { readonly code: string; readonly target: string; readonly text: string }[];
}

/** SHA-256 in hex. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
