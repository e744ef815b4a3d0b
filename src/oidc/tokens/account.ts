import { randomBytes } from 'node:crypto';
import type { Account, KoaContextWithOIDC } from 'oidc-provider';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { personClaims } from '#core/token/claims.ts';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import type { Application } from '#model/application.ts';
import { certificateClaims } from '#signin/tokens/optional-claims.ts';
import { boundTo } from '../broker/bound-session.ts';
import { primaryIdIn } from '../broker/redeem.ts';
import { applicationCheckOf } from '../endpoints/application-check.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import type { OidcOptions, ProviderContext, TenantContext } from '../provider/options.ts';
import { refusal } from '../provider/refuse.ts';
import { widenGrant } from './refresh-tokens.ts';
import {
  claimsRequest,
  joinedClaims,
  type RequestedClaims,
  readRequestedClaims,
  tokenIdIn,
} from './requested-claims.ts';
import { checkConsent } from './resources/consent.ts';

/** Groups that a token holds; more are named by a source. */
export const groupsInTokens = 200;

/** The provider's account, with the user it is made of. */
export interface PersonAccount extends Account {
  readonly user: User;
  /** What policy granted of the claims asked for; access tokens say it. */
  readonly attested: RequestedClaims;
  /** What was proven behind the code or refresh token that is redeemed. */
  readonly proofs: readonly Proof[];
  /** Claims of directory extensions, whose names no scope has. */
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** What of a code or a refresh token leads to the proofs behind it. */
interface TokenOfGrant {
  readonly kind?: string;
  readonly claims?: object;
  readonly grantId?: string;
  readonly sessionUid?: string;
  readonly sid?: string;
}

/** The user as the provider's account; undefined when gone, disabled, or signed in before sessions were revoked (REV-2). */
export async function findAccount(
  ctx: KoaContextWithOIDC,
  userId: string,
  token: unknown,
  { options, context }: ProviderContext,
): Promise<PersonAccount | undefined> {
  const user = await context.directory.user(userId);
  if (!user?.accountEnabled || isRevoked(user, token)) return undefined;
  const { kind, grantId = '', sessionUid = '', claims, sid } = (token ?? {}) as TokenOfGrant;
  if (kind !== undefined) await refuseDeadDevice(ctx, sessionUid, options, context);
  const requestedClaims = readRequestedClaims(JSON.stringify(claims ?? {}));
  let proven: readonly Proof[] | undefined;
  if (kind === 'AuthorizationCode' || kind === 'DeviceCode') {
    proven = await keepProofs(context, sessionUid, grantId);
    const tokenId = tokenIdIn(claims);
    if (tokenId !== undefined) notesOf(ctx.req).tokenId = tokenId;
  }
  const attestedContexts =
    kind === 'RefreshToken'
      ? await askAgain(ctx, user, { grantId, grantClaims: requestedClaims, sid }, { options, context })
      : requestedClaims;
  proven ??= grantId === '' ? [] : await context.sessions.proofs(ofGrant(grantId));
  const proofs = proven.filter((proof) => proof.userId === user.id);
  const client = ctx.oidc.client?.cardea_application as Application | undefined;
  const { tokenId } = notesOf(ctx.req);
  const settingClaims =
    client && (await context.userClaims?.({ user, application: client, token: 'idToken', ...requestOf(ctx) }));
  const userClaims = {
    ...personClaims(user, context.tenant.id),
    ...certificateClaims(client, 'idToken', proofs),
    ...settingClaims,
    ...(tokenId === undefined ? {} : { uti: tokenId }),
  };
  return {
    accountId: user.id,
    user,
    attested: attestedContexts,
    proofs,
    extensions: (client && (await context.extensionClaims?.({ user, application: client, token: 'idToken' }))) ?? {},
    claims: (_, scope) => withoutMail(userClaims, scope, settingClaims),
  };
}

/** `email` comes with its scope, or where the application's settings ask for it. */
function withoutMail(
  claims: Record<string, unknown> & { sub: string },
  scope: string,
  settingClaims: Record<string, unknown> = {},
): Record<string, unknown> & { sub: string } {
  const { email: _, ...rest } = claims;
  return scope.split(' ').includes('email') || 'email' in settingClaims ? claims : { ...rest, sub: claims.sub };
}

/** An ID token of the authorize endpoint travels in an address, where six groups fit (as at Entra). */
const requestOf = ({ req, oidc }: KoaContextWithOIDC) => ({
  ipAddress: remoteAddress(req),
  physicalIds: notesOf(req).deviceSession?.device.physicalIds,
  mostGroups: oidc.route === 'token' ? groupsInTokens : groupsInAddresses,
});
const groupsInAddresses = 6;

/**
 * What was made with a primary refresh token ends with it (PRT-7), with the reason of the token's end. The device session
 * of a token that is alive is noted for `deviceid`; it does not prove the device again.
 * @throws the reason, as an error of the provider
 */
async function refuseDeadDevice(
  { req }: KoaContextWithOIDC,
  sessionUid: string,
  { broker }: OidcOptions,
  context: TenantContext,
): Promise<void> {
  const id = primaryIdIn(sessionUid) ?? (await boundTo(sessionUid, context));
  if (id === undefined || !broker || notesOf(req).deviceSession?.id === id) return;
  const ruling = await broker.session(id, context.tenant.id);
  if (ruling.outcome !== 'passed') throw refusal('invalid_grant', ruling.because);
  notesOf(req).deviceId = ruling.value.device.deviceId;
}

/** Proofs outlive their session with the grant: a refresh token is asked for them months later. */
const ofGrant = (grantId: string): string => `grant ${grantId}`;

function keepProofs(context: TenantContext, sessionUid: string, grantId: string): Promise<readonly Proof[]> {
  const expires = new Date(context.clock.now().getTime() + defaultLifetimes.refreshToken * 1000);
  return context.sessions.copy(sessionUid, ofGrant(grantId), expires);
}

/**
 * A refresh is a sign-in: policy is asked with what was proven then, and the entry is written, or there is no token.
 * Authentication contexts attested before are asked for again, with those of this very request.
 */
async function askAgain(
  ctx: KoaContextWithOIDC,
  user: User,
  { grantId, grantClaims, sid }: { grantId: string; grantClaims: RequestedClaims; sid: string | undefined },
  { options, context }: ProviderContext,
): Promise<RequestedClaims> {
  const request = joinedClaims(
    grantClaims,
    readRequestedClaims((ctx.oidc.body as { claims?: unknown } | undefined)?.claims),
  );
  notesOf(ctx.req).tokenId = randomBytes(16).toString('base64url');
  const verdict = await options.checkSession({
    ...(await applicationCheckOf(ctx, options, context)),
    sessionId: sid,
    uniqueTokenIdentifier: notesOf(ctx.req).tokenId!,
    sessionUid: ofGrant(grantId),
    userId: user.id,
    username: user.userPrincipalName,
    authenticationContexts: request.contexts,
    consent: await checkConsent(ctx, user.id, options, context),
    justProven: [],
  });
  if (verdict.kind !== 'granted') {
    const claims = claimsRequest({ contexts: request.contexts, capabilities: [] });
    if (claims) notesOf(ctx.req).claims = JSON.stringify(claims);
    throw refusal('invalid_grant', verdict.because);
  }
  await widenGrant(ctx);
  return { ...request, contexts: verdict.access.authenticationContexts ?? [] };
}

/** The provider counts in whole seconds: a sign-in in the same second as the revocation is not refused here. */
function isRevoked(user: User, token: unknown): boolean {
  const { authTime } = (token ?? {}) as { readonly authTime?: number };
  if (user.signInSessionsValidFromDateTime === undefined || authTime === undefined) return false;
  return (authTime + 1) * 1000 <= Date.parse(user.signInSessionsValidFromDateTime);
}
