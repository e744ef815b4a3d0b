import { html } from 'hono/html';
import { brandingOf } from '#admin/tenant/branding.ts';
import type { Proof } from '#core/access/proof.ts';
import { type Markup, page } from '#pages/page.ts';
import { evaluateProofs } from '#signin/with-factor.ts';
import { type C, commonOf, type SignInPageContext, show, signInRequestOf } from './page-context.ts';
import type { Common } from './pages.ts';

/**
 * Whether to ask: the tenant wants it, the sign-in began here and not in a live session, and policy leaves the answer to
 * the person. What policy says of persistent browsers holds whatever the user answers.
 */
export async function asksToStay(
  c: C,
  signIn: SignInPageContext,
  userId: string,
  proofs: readonly Proof[],
): Promise<boolean> {
  const { flow, ports } = signIn;
  if (flow.sessionUid !== undefined || !(await brandingOf(ports)).asksToStaySignedIn) return false;
  const verdict = await evaluateProofs({ ...signInRequestOf(c, flow), userId, proofs }, signIn);
  return verdict.kind === 'granted' && verdict.access.persistentBrowser === undefined;
}

export function showStayQuestion(signIn: SignInPageContext): Promise<Response> {
  const { base, flow } = signIn;
  return show(stayPage({ ...commonOf(signIn), base, username: flow.username ?? '' }), signIn);
}

/** Keep me signed in: asked when everything is proven. */
function stayPage(common: Common & { readonly base: string; readonly username: string }): Markup {
  const { brand, language, base, username } = common;
  const { say } = language;
  return page(
    { title: say.staySignedIn, brand, language },
    html`<p class="who"><bdi>${username}</bdi></p>
<h1>${say.staySignedIn}</h1>
<p>${say.staySignedInWhy}</p>
<form method="post" action="${base}/stay">
<div class="actions">
<button class="quiet" name="stay" value="no">${say.no}</button>
<button name="stay" value="yes">${say.yes}</button>
</div>
</form>`,
  );
}
