import type { Grant, KoaContextWithOIDC } from 'oidc-provider';

/**
 * The session's grant for this application, with everything just asked for in it; whether somebody granted that is asked
 * before a code is issued, and again for every token. It is reused: a new one each time would revoke what the last one
 * gave.
 */
export async function grantEverything(ctx: KoaContextWithOIDC): Promise<Grant> {
  const { client, session, provider } = ctx.oidc;
  const grantId = session!.grantIdFor(client!.clientId);
  const kept = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const usable = kept?.accountId === session!.accountId ? kept : undefined;
  const grant = usable ?? new provider.Grant({ accountId: session!.accountId!, clientId: client!.clientId });
  if (addAsked(ctx, grant) || !usable) await grant.save();
  return grant;
}

/** Whether anything was new. */
function addAsked({ oidc }: KoaContextWithOIDC, grant: Grant): boolean {
  const before = grant.getOIDCScopeEncountered().split(' ');
  const openId = [...oidc.requestParamOIDCScopes].filter((scope) => !before.includes(scope));
  if (openId.length > 0) grant.addOIDCScope(openId.join(' '));
  let changed = openId.length > 0;
  for (const [indicator, server] of Object.entries(oidc.resourceServers ?? {})) {
    const known = grant.getResourceScopeEncountered(indicator).split(' ');
    const added = [...server.scopes].filter((scope) => !known.includes(scope));
    if (added.length === 0) continue;
    grant.addResourceScope(indicator, added.join(' '));
    changed = true;
  }
  return changed;
}
