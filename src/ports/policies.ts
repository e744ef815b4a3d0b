import type { MethodId, MethodState } from '#core/access/methods/method-state.ts';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { AccessDocuments } from '#model/access-documents.ts';

export interface Policies {
  current(): Promise<TenantPolicy>;
}

export interface PolicyAdmin {
  x509(): Promise<X509CertificateConfiguration>;
  /** `onlyFrom`: the version it was decided on. @throws policyEditedMeanwhile when another one is there by now */
  setX509(configuration: X509CertificateConfiguration, actor: string, onlyFrom?: string): Promise<void>;
  /** Which further methods may be used by whom, as far as it was written. */
  methodStates(): Promise<readonly MethodState[]>;
  /** Replaces what is decided of one method; undefined goes back to the factory setting. */
  setMethodState(id: MethodId, state: MethodState | undefined, actor: string): Promise<void>;
  /** Certificates refused whatever any CRL says. */
  blocked(): Promise<readonly BlockedCertificate[]>;
  setBlocked(blockedCertificates: readonly BlockedCertificate[], actor: string): Promise<void>;
  conditionalAccess(): Promise<readonly ConditionalAccessPolicy[]>;
  /** The tenant's own; the built-in ones cannot be changed. */
  strengths(): Promise<readonly AuthenticationStrength[]>;
  namedLocations(): Promise<readonly NamedLocation[]>;
  /**
   * Reads and writes all three as one, so that two writers never lose each other's changes; what `work` leaves out stays.
   * Whether they make sense is checked in `admin/policies/change-access.ts`.
   */
  changeAccess(actor: string, work: (documents: AccessDocuments) => Partial<AccessDocuments>): Promise<AccessDocuments>;
}
