import { randomBytes } from 'node:crypto';
import { interactionPolicy, type KoaContextWithOIDC, type interactionPolicy as Policies } from 'oidc-provider';
import { givesNgcMfa } from '#core/access/controls/fresh-multifactor.ts';
import type { Proof } from '#core/access/proof.ts';
import { amrOf } from '#core/token/claims.ts';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { sessionIdOf, sessionUidOf, tokenIdOf } from '#core/token/session-id.ts';
import type { Because } from '#core/trace/reasons.ts';
import { type Ruling, refusedFor, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import { acrOf, isClaimWanted } from '#signin/tokens/optional-claims.ts';
import { boundTo } from '../broker/bound-session.ts';
import { signInByDevice } from '../broker/sign-on.ts';
import { applicationCheckOf } from '../endpoints/application-check.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { claimsRequest, readRequestedClaims, withTokenId } from '../tokens/requested-claims.ts';
import { checkConsent } from '../tokens/resources/consent.ts';
import {
  endsWithBrowser,
  isUnsaved,
  nameNewSession,
  type ProviderSession,
  setEndsWithBrowser,
  setMethods,
} from './internals/sessions.ts';
import { keepClaims } from './internals/tokens.ts';
import type { OidcOptions, TenantContext } from './options.ts';
import { refusal } from './refuse.ts';

const { Check, Prompt } = interactionPolicy;

/**
 * When the browser has to show the sign-in pages: no user is signed in, another account was asked for, or policy does not
 * accept what the session has proven. It decides nothing itself. There is no consent page: what needs
 * a grant is granted by an administrator or refused.
 */
export function signInPolicy(options: OidcOptions, context: TenantContext): Policies.DefaultPolicy {
  const prompts = interactionPolicy.base();
  prompts.remove('consent');
  const login = prompts.get('login')!;
  login.checks.remove('id_token_hint');
  login.checks.remove('claims_id_token_sub_value');
  login.checks.add(new Check('account_gone', 'the account can no longer sign in', 'login_required', accountGone));
  login.checks.add(
    new Check('other_account', 'another account was requested', 'login_required', (ctx) => otherAccount(ctx, context)),
  );
  prompts.add(new Prompt({ name: 'select_account', requestable: true }));
  prompts.add(conditionalAccess(options, context));
  prompts.add(deviceSession(options, context), 0);
  return prompts;
}

/** Comes before every other prompt: the checks of one prompt run side by side, and see the session that was there before. */
function deviceSession(options: OidcOptions, context: TenantContext): Policies.Prompt {
  const check = new Check(
    'device_session',
    'the session rests on a primary refresh token that has ended',
    'login_required',
    (ctx) => isDeviceSessionOver(ctx, options, context),
  );
  return new Prompt({ name: 'device', requestable: false }, check);
}

/** Signs the browser in by its device where it can. Then: does the session rest on a token that is alive? */
async function isDeviceSessionOver(
  ctx: KoaContextWithOIDC,
  options: OidcOptions,
  context: TenantContext,
): Promise<boolean> {
  await signInByDevice(ctx, options, context);
  const { session, result } = ctx.oidc;
  if (!options.broker || !session?.accountId || result?.login) return false;
  const primary = await boundTo(session.uid, context);
  if (primary === undefined || primary === notesOf(ctx.req).deviceSession?.id) return false;
  return (await options.broker.session(primary, context.tenant.id)).outcome !== 'passed';
}

const accountGone = ({ oidc }: KoaContextWithOIDC): boolean =>
  oidc.session?.accountId !== undefined && oidc.account === undefined;

async function otherAccount({ oidc }: KoaContextWithOIDC, context: TenantContext): Promise<boolean> {
  const hint = oidc.params?.login_hint;
  if (typeof hint !== 'string' || !oidc.session?.accountId || oidc.result?.login) return false;
  if (oidc.prompts.has('select_account')) return false; // then the person says which, and a hint is one to choose from
  const user = await context.directory.user(oidc.session.accountId);
  return user !== undefined && user.userPrincipalName.toLowerCase() !== hint.toLowerCase();
}

/** Evaluated last, and again for every application (ARCHITECTURE.md, “One sign-in”, line 10). */
function conditionalAccess(options: OidcOptions, context: TenantContext): Policies.Prompt {
  const reasons = new WeakMap<object, Because>();
  const check = new Check(
    'conditional_access',
    'policy does not accept what this session has proven',
    'interaction_required',
    async (ctx) => {
      const ruling = await askPolicy(ctx, options, context);
      if (ruling.outcome !== 'passed') reasons.set(ctx.oidc, ruling.because);
      return ruling.outcome !== 'passed';
    },
    (ctx) => ({ because: reasons.get(ctx.oidc) }),
  );
  return new Prompt({ name: 'conditional_access', requestable: false }, check);
}

/** Asks policy. Where it grants, the session says how the person signed in. Refuses with the reason of the verdict. */
async function askPolicy(ctx: KoaContextWithOIDC, options: OidcOptions, context: TenantContext): Promise<Ruling<void>> {
  const session = ctx.oidc.session!;
  const requestedClaims = readRequestedClaims(ctx.oidc.params?.cardea_claims);
  const justProven = (ctx.oidc.result?.proofs as readonly Proof[] | undefined) ?? [];
  if (ctx.oidc.result?.login?.remember) setEndsWithBrowser(session, false);
  const interaction = ctx.oidc.entities.Interaction;
  const isNewSignIn = interaction !== undefined && justProven.length > 0;
  if (isNewSignIn) nameNewSession(session, sessionUidOf(interaction.uid), ctx.oidc.client!.clientId);
  const tokenId = isNewSignIn ? tokenIdOf(interaction.uid) : randomBytes(16).toString('base64url');
  if (justProven.length > 0) await context.sessions.add(session.uid, justProven, sessionEnd(context, session));
  const verdict = await options.checkSession({
    ...(await applicationCheckOf(ctx, options, context)),
    sessionUid: session.uid,
    sessionId: sessionIdOf(session.uid),
    uniqueTokenIdentifier: tokenId,
    userId: session.accountId!,
    username: typeof ctx.oidc.params?.login_hint === 'string' ? ctx.oidc.params.login_hint : '',
    authenticationContexts: requestedClaims.contexts,
    consent: await checkConsent(ctx, session.accountId!, options, context),
    justProven,
    isNewSession: isNewSignIn && isUnsaved(session),
  });
  if (verdict.kind === 'refused' && verdict.because.code === 'consentMissing') {
    throw refusal('consent_required', verdict.because); // no page of ours can help
  }
  if (verdict.kind !== 'granted') return refusedFor(verdict.because);
  await keepAsPolicySays(session, verdict.access.persistentBrowser, justProven, context);
  const contexts = verdict.access.authenticationContexts ?? [];
  keepClaims(ctx, withTokenId(claimsRequest({ ...requestedClaims, contexts }), tokenId));
  const amr = amrOf(verdict.proofs, verdict.access.multiFactor);
  const isNgcMfa = wantsNgcMfa(ctx) && givesNgcMfa(verdict.proofs, context.clock.now());
  const methods = [...amr, ...(isNgcMfa ? ['ngcmfa'] : [])];
  // The code and the id_token take it from here; TOK-1: only for an application that wants it.
  const isWanted = isClaimWanted(ctx.oidc.client?.cardea_application as Application, 'idToken', 'acr');
  setMethods(session, methods, isWanted ? acrOf(methods) : undefined);
  return success();
}

/** `amr_values=ngcmfa`: a broker asks for a fresh multifactor sign-in (windows-sign-in §3.8). */
const wantsNgcMfa = ({ oidc: { params } }: KoaContextWithOIDC): boolean =>
  typeof params?.amr_values === 'string' && params.amr_values.split(/[ +,]/).includes('ngcmfa');

/** Graph persistentBrowserSessionControl: whether the session outlives the browser is what the person answered, unless policy says. */
async function keepAsPolicySays(
  session: ProviderSession,
  persistentBrowser: 'always' | 'never' | undefined,
  justProven: readonly Proof[],
  context: TenantContext,
): Promise<void> {
  if (persistentBrowser === 'never') setEndsWithBrowser(session, true);
  if (persistentBrowser !== 'always' || !endsWithBrowser(session)) return;
  setEndsWithBrowser(session, false);
  await context.sessions.add(session.uid, justProven, sessionEnd(context, session));
}

/** When the proofs of a session end: with it. */
const sessionEnd = (context: TenantContext, session: ProviderSession): Date => {
  const seconds = endsWithBrowser(session) ? defaultLifetimes.session : defaultLifetimes.persistentSession;
  return new Date(context.clock.now().getTime() + seconds * 1000);
};
