import type { KoaContextWithOIDC } from 'oidc-provider';
import type { TokenVersion } from '#core/token/version.ts';

/** What a session of the provider keeps of an application, as far as it is read here. */
export interface SessionAuthorization {
  readonly sid?: string | undefined;
  /** The version of the endpoint that the application last signed its user in at, which is that of its ID tokens. */
  readonly cardeaVersion?: TokenVersion;
}

/** Notes at which version of the authorize endpoint the application of the request signs its user in. */
export function noteSessionVersion({ oidc }: KoaContextWithOIDC): void {
  const { session, client, params } = oidc;
  if (!session || !client) return;
  session.ensureClientContainer(client.clientId);
  const authorizations = session.authorizations as Record<string, { cardeaVersion?: TokenVersion }>;
  authorizations[client.clientId]!.cardeaVersion = params?.cardea_version === '1' ? 1 : 2;
}
