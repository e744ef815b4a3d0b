import { createHash } from 'node:crypto';
import { graphPermissions } from '#core/roles/permissions.ts';
import { allPassed, firstRefusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import type { Application } from '#model/application.ts';
import type { AddressSettings, AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import {
  checkAddress,
  checkDisplayName,
  checkIdentifier,
  checkLink,
  checkPrivateAddress,
  checkReachable,
  isLoopback,
} from '../entered.ts';
import { rulingOf } from '../refusals.ts';
import { newClientSecret } from './credentials/client-secret.ts';
import { keyCredentialOf } from './credentials/key-credential.ts';
import { type MutualTlsChange, withMutualTls } from './credentials/mutual-tls.ts';
import { requireNamedAuthority } from './credentials/named-authorities.ts';
import { refuseBuiltIn } from './first-party.ts';

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
 * Refuses with redirectUriInvalid, permissionUnknown, graphBuiltInReadOnly, applicationKeyInvalid, applicationPublic for a public one
 * with certificates, tlsClientNameInvalid.
 */
export async function addApplication(
  newApplication: NewApplication,
  { actor, ports }: AdminContext<Pick<AdminPorts, 'applications' | 'addresses' | 'objects'>>,
): Promise<Ruling<{ readonly application: Application; readonly secret: string | undefined }>> {
  const postLogoutRedirectUris = newApplication.postLogoutRedirectUris ?? [];
  if (newApplication.appId !== undefined) {
    const builtInRuling = refuseBuiltIn(newApplication.appId);
    if (builtInRuling.outcome !== 'passed') return builtInRuling;
  }
  const spaRedirectUris = newApplication.spaRedirectUris ?? [];
  const redirectUris = [...new Set([...newApplication.redirectUris, ...spaRedirectUris])];
  for (const uri of [...redirectUris, ...postLogoutRedirectUris]) {
    const redirectUriRuling = checkRedirectUri(uri);
    if (redirectUriRuling.outcome !== 'passed') return redirectUriRuling;
  }
  const checks = firstRefusal(
    checkDisplayName(newApplication.displayName),
    checkLink('homepage', newApplication.homepage),
  );
  if (checks.outcome !== 'passed') return checks;
  for (const uri of newApplication.identifierUris ?? []) {
    const identifierRuling = checkIdentifier(uri);
    if (identifierRuling.outcome !== 'passed') return identifierRuling;
  }
  for (const role of newApplication.roles ?? []) {
    const permissionRuling = checkPermission(role);
    if (permissionRuling.outcome !== 'passed') return permissionRuling;
  }
  const { logoutUrl, backChannelLogoutUri } = newApplication;
  for (const uri of [logoutUrl, backChannelLogoutUri])
    if (uri !== undefined) {
      const logoutUriRuling = checkLogoutUri(uri, ports.addresses);
      if (logoutUriRuling.outcome !== 'passed') return logoutUriRuling;
    }
  const namedAuthorityRuling = await requireNamedAuthority(newApplication.certificates ?? [], ports);
  if (namedAuthorityRuling.outcome !== 'passed') return namedAuthorityRuling;
  const keysRuling = allPassed((newApplication.certificates ?? []).map((certificate) => keyCredentialOf(certificate)));
  if (keysRuling.outcome !== 'passed') return keysRuling;
  const keyCredentials = keysRuling.value;
  if (newApplication.isPublicClient && keyCredentials.length > 0)
    return refused('applicationPublic', { name: newApplication.displayName });
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
  const mutualTlsRuling = withMutualTls(plain, newApplication);
  if (mutualTlsRuling.outcome !== 'passed') return mutualTlsRuling;
  const application = mutualTlsRuling.value;
  const applicationRuling = await rulingOf(() => ports.applications.put(application, actor));
  if (applicationRuling.outcome !== 'passed') return applicationRuling;
  return success({ application, secret });
}

/** What differs from an application without a profile, so that the profile of most stays absent. */
function profileOf({ accessTokenVersion = 2, idTokenIssuance = false }: NewApplication): Pick<Application, 'profile'> {
  const api = accessTokenVersion === 2 ? {} : { api: { requestedAccessTokenVersion: accessTokenVersion } };
  const web = idTokenIssuance ? { web: { implicitGrantSettings: { enableIdTokenIssuance: true } } } : {};
  return accessTokenVersion === 2 && !idTokenIssuance ? {} : { profile: { ...api, ...web } };
}

/** Only what Graph has for applications (graph-api §2.2). */
function checkPermission(value: string): Ruling<void> {
  const graphPermission = graphPermissions.find((graphPermission) => graphPermission.value === value);
  if (!graphPermission?.applicationId) return refused('permissionUnknown', { value });
  return success();
}

/** Back-Channel Logout 1.0 §2.2, Front-Channel Logout 1.0 §2: an https address without a fragment. */
export function checkLogoutUri(uri: string, addresses: AddressSettings): Ruling<void> {
  const checks = firstRefusal(checkAddress('logoutUrl', uri), checkReachable('logoutUrl', uri));
  if (checks.outcome !== 'passed') return checks;
  if (!URL.canParse(uri) || new URL(uri).protocol !== 'https:' || new URL(uri).hash)
    return refused('redirectUriInvalid', { uri, problem: 'the address for logout notices must be an https address' });
  return checkPrivateAddress('logoutUrl', uri, 'logoutPrivateAddresses', addresses);
}

/** RFC 6749 §3.1.2, RFC 8252 §7: https, loopback http, or a private-use scheme; never a fragment. */
export function checkRedirectUri(uri: string): Ruling<void> {
  const addressRuling = checkAddress('redirectUris', uri);
  if (addressRuling.outcome !== 'passed') return addressRuling;
  if (!URL.canParse(uri)) return refused('redirectUriInvalid', { uri, problem: 'it is not an absolute address' });
  const { protocol, hostname, hash } = new URL(uri);
  if (hash) return refused('redirectUriInvalid', { uri, problem: 'it has a fragment' });
  if (protocol === 'http:' && !isLoopback(hostname))
    return refused('redirectUriInvalid', { uri, problem: 'plain HTTP is permitted only for loopback addresses' });
  if (
    ['javascript:', 'data:', 'file:', 'vbscript:', 'blob:', 'about:', 'view-source:', 'filesystem:'].includes(protocol)
  ) {
    return refused('redirectUriInvalid', {
      uri,
      problem: `users cannot be sent to an address that begins with ${protocol}`,
    });
  }
  return success();
}
