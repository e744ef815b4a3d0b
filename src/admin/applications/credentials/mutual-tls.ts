import { checkTlsClientName, type TlsClientName } from '#core/binding/identifiers/tls-client-name.ts';
import { type Ruling, refused, refusedFor, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';

/** How an application uses mutual TLS (RFC 8705), beyond what Entra has for applications; omitted properties keep their values. */
export interface MutualTlsChange {
  /** The name by which a certificate of a CA proves the application; null takes it away. */
  readonly tlsClientName?: TlsClientName | null | undefined;
  readonly hasBoundTokens?: boolean | undefined;
}

/**
 * The application with the change. A public one has no credential; its tokens can be bound anyway (RFC 8705 §4).
 * Refuses with applicationPublic, tlsClientNameInvalid.
 */
export function withMutualTls(
  application: Application,
  { tlsClientName, hasBoundTokens }: MutualTlsChange,
): Ruling<Application> {
  const { tlsClientName: oldName, hasBoundTokens: wasBound, ...rest } = application;
  const name = tlsClientName === undefined ? oldName : (tlsClientName ?? undefined);
  const isBound = hasBoundTokens ?? wasBound ?? false;
  if (name && application.isPublicClient) return refused('applicationPublic', { name: application.displayName });
  if (name) {
    const ruling = checkTlsClientName(name);
    if (ruling.outcome !== 'passed') return refusedFor(ruling.because);
  }
  return success({ ...rest, ...(name ? { tlsClientName: name } : {}), ...(isBound ? { hasBoundTokens: true } : {}) });
}
