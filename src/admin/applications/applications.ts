import { createHash } from 'node:crypto';
import { graphPermissions } from '#core/roles/permissions.ts';
import { fault } from '#core/trace/fault.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import type { Application } from '#model/application.ts';
import type { AddressSettings, AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import {
  checkAddress,
  checkIdentifier,
  checkLink,
  checkName,
  checkPrivateAddress,
  checkReachable,
  isLoopback,
} from '../entered.ts';
import { newClientSecret } from './client-secret.ts';
import { refuseBuiltIn } from './first-party.ts';
import { keyCredentialOf } from './key-credential.ts';
import { type MutualTlsChange, withMutualTls } from './mutual-tls.ts';
import { requireNamedAuthority } from './named-authorities.ts';

export interface NewApplication extends MutualTlsChange {
  readonly displayName: string;
  readonly redirectUris: readonly string[];
  /** Redirect URIs of a single-page application, besides those. */
  readonly spaRedirectUris?: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  readonly identifierUris?: readonly string[];
  readonly homepage?: string | undefined;
  /** Application permissions of Graph, by their names. */
  readonly roles?: readonly string[];
  readonly logoutUrl?: string | undefined;
  readonly backChannelLogoutUri?: string | undefined;
  readonly appId?: string | undefined;
  /** A confidential application gets a client secret, shown once, unless certificates prove it. */
  readonly isPublicClient: boolean;
  /** Version of the access tokens for it as a resource; 2 when absent. */
  readonly accessTokenVersion?: 1 | 2;
  /** Whether the authorization endpoint may answer with an ID token. */
  readonly idTokenIssuance?: boolean;
  /** Certificates it will sign client assertions with. */
  readonly certificates?: readonly Certificate[];
}

/**
 * Registers an application. The secret is returned once and only its SHA-256 is kept.
 * @throws redirectUriInvalid, permissionUnknown, graphBuiltInReadOnly, applicationKeyInvalid, applicationPublic for a public one
 * with certificates, tlsClientNameInvalid
 */
export async function addApplication(
  newApplication: NewApplication,
  { actor, ports }: AdminContext<Pick<AdminPorts, 'applications' | 'addresses' | 'objects'>>,
): Promise<{ readonly application: Application; readonly secret: string | undefined }> {
  const postLogoutRedirectUris = newApplication.postLogoutRedirectUris ?? [];
  if (newApplication.appId !== undefined) refuseBuiltIn(newApplication.appId);
  const spaRedirectUris = newApplication.spaRedirectUris ?? [];
  const redirectUris = [...new Set([...newApplication.redirectUris, ...spaRedirectUris])];
  for (const uri of [...redirectUris, ...postLogoutRedirectUris]) checkRedirectUri(uri);
  checkName('displayName', newApplication.displayName);
  checkLink('homepage', newApplication.homepage);
  for (const uri of newApplication.identifierUris ?? []) checkIdentifier(uri);
  for (const role of newApplication.roles ?? []) checkPermission(role);
  const { logoutUrl, backChannelLogoutUri } = newApplication;
  for (const uri of [logoutUrl, backChannelLogoutUri]) if (uri !== undefined) checkLogoutUri(uri, ports.addresses);
  await requireNamedAuthority(newApplication.certificates ?? [], ports);
  const keyCredentials = (newApplication.certificates ?? []).map((certificate) => keyCredentialOf(certificate));
  if (newApplication.isPublicClient && keyCredentials.length > 0)
    throw fault('applicationPublic', { name: newApplication.displayName });
  const hasSecret = !newApplication.isPublicClient && keyCredentials.length === 0 && !newApplication.tlsClientName;
  const secret = hasSecret ? newClientSecret() : undefined;
  const plain: Application = {
    appId: newApplication.appId ?? crypto.randomUUID(),
    displayName: newApplication.displayName,
    redirectUris,
    ...(spaRedirectUris.length > 0 ? { spaRedirectUris } : {}),
    postLogoutRedirectUris,
    isPublicClient: newApplication.isPublicClient,
    secretHashes: secret ? [createHash('sha256').update(secret).digest('base64url')] : [],
    identifierUris: newApplication.identifierUris ?? [],
    roles: newApplication.roles ?? [],
    homepage: newApplication.homepage,
    ...(logoutUrl === undefined ? {} : { logoutUrl }),
    ...(backChannelLogoutUri === undefined ? {} : { backChannelLogoutUri }),
    ...(keyCredentials.length > 0 ? { keyCredentials } : {}),
    ...profileOf(newApplication),
  };
  const application = withMutualTls(plain, newApplication);
  await ports.applications.put(application, actor);
  return { application, secret };
}

/** What differs from an application without a profile, so that the profile of most stays absent. */
function profileOf({ accessTokenVersion = 2, idTokenIssuance = false }: NewApplication): Pick<Application, 'profile'> {
  const api = accessTokenVersion === 2 ? {} : { api: { requestedAccessTokenVersion: accessTokenVersion } };
  const web = idTokenIssuance ? { web: { implicitGrantSettings: { enableIdTokenIssuance: true } } } : {};
  return accessTokenVersion === 2 && !idTokenIssuance ? {} : { profile: { ...api, ...web } };
}

/** Only what Graph has for applications (graph-api §2.2). */
function checkPermission(value: string): void {
  const graphPermission = graphPermissions.find((graphPermission) => graphPermission.value === value);
  if (!graphPermission?.applicationId) throw fault('permissionUnknown', { value });
}

/** Back-Channel Logout 1.0 §2.2, Front-Channel Logout 1.0 §2: an https address without a fragment. */
export function checkLogoutUri(uri: string, addresses: AddressSettings): void {
  checkAddress('logoutUrl', uri);
  checkReachable('logoutUrl', uri);
  if (!URL.canParse(uri) || new URL(uri).protocol !== 'https:' || new URL(uri).hash)
    throw fault('redirectUriInvalid', { uri, problem: 'the address for logout notices must be an https address' });
  checkPrivateAddress('logoutUrl', uri, 'logoutPrivateAddresses', addresses);
}

/** RFC 6749 §3.1.2, RFC 8252 §7: https, loopback http, or a private-use scheme; never a fragment. */
export function checkRedirectUri(uri: string): void {
  checkAddress('redirectUris', uri);
  if (!URL.canParse(uri)) throw fault('redirectUriInvalid', { uri, problem: 'it is not an absolute address' });
  const { protocol, hostname, hash } = new URL(uri);
  if (hash) throw fault('redirectUriInvalid', { uri, problem: 'it has a fragment' });
  if (protocol === 'http:' && !isLoopback(hostname))
    throw fault('redirectUriInvalid', { uri, problem: 'plain HTTP is permitted only for loopback addresses' });
  if (
    ['javascript:', 'data:', 'file:', 'vbscript:', 'blob:', 'about:', 'view-source:', 'filesystem:'].includes(protocol)
  ) {
    throw fault('redirectUriInvalid', {
      uri,
      problem: `users cannot be sent to an address that begins with ${protocol}`,
    });
  }
}
