import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { grantIdIn, noteVersion } from '../provider/internals/sessions.ts';
import { openIdScopes } from './resources/scopes.ts';

/**
 * The session's grant for this application, with everything just asked for in it; whether it was granted is checked
 * before a code is issued, and again for every token. It is reused: a new one each time would revoke what the last one
 * gave.
 */
export async function grantEverything(ctx: KoaContextWithOIDC): Promise<Grant> {
  const { client, session, provider, params } = ctx.oidc;
  const grantId = grantIdIn(session!, client!.clientId);
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const usable = existing?.accountId === session!.accountId ? existing : undefined;
  const grant = usable ?? new provider.Grant({ accountId: session!.accountId!, clientId: client!.clientId });
  if (addRequestedScopes(ctx, grant) || !usable) await grant.save();
  noteVersion(session!, client!.clientId, params?.cardea_version === '1' ? 1 : 2);
  return grant;
}

/**
 * Granted to every application: a refresh token of a request without them may ask for them later, and the id_token of such
 * an answer would have no claims, not even `sub` (OpenID Connect Core 1.0 §2).
 */
const everyOpenIdScope: readonly string[] = [...openIdScopes];

/** Whether anything was new. */
function addRequestedScopes({ oidc }: KoaContextWithOIDC, grant: Grant): boolean {
  const before = grant.getOIDCScopeEncountered().split(' ');
  const scopes = new Set([...everyOpenIdScope, ...oidc.requestParamOIDCScopes]);
  const openId = [...scopes].filter((scope) => !before.includes(scope));
  if (openId.length > 0) grant.addOIDCScope(openId.join(' '));
  let change = openId.length > 0;
  for (const [indicator, server] of Object.entries(oidc.resourceServers ?? {})) {
    const grantedScopes = grant.getResourceScopeEncountered(indicator).split(' ');
    const newScopes = [...server.scopes].filter((scope) => !grantedScopes.includes(scope));
    if (newScopes.length === 0) continue;
    grant.addResourceScope(indicator, newScopes.join(' '));
    change = true;
  }
  return change;
}
