import { html } from 'hono/html';
import { brandingOf } from '../../admin/branding.ts';
import { type Markup, page } from '../../pages/page.ts';
import { type Attending, commonOf, show } from './attending.ts';
import type { Common } from './pages.ts';

/** Whether the tenant wants people to be asked. What policy says of persistent browsers holds whatever they answer. */
export async function asksToStay({ ports }: Attending): Promise<boolean> {
  return (await brandingOf(ports)).asksToStaySignedIn === true;
}

export function showStayQuestion(attending: Attending): Promise<Response> {
  const { base, flow } = attending;
  return show(stayPage({ ...commonOf(attending), base, username: flow.username ?? '' }), attending);
}

/** Keep me signed in: asked when everything is proven. */
function stayPage(asked: Common & { readonly base: string; readonly username: string }): Markup {
  const { brand, language, base, username } = asked;
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
