import { Hono } from 'hono';
import { html } from 'hono/html';
import { chooseLanguage } from '#languages/choose.ts';
import type { Language, Texts } from '#languages/language.ts';
import { type Markup, page, pageResponse } from '#pages/page.ts';
import { beginSignIn, endSignIn, type RelyingParty, type SignedIn, signOut, whoIs } from './relying-party.ts';

/** A tile of MyApps. */
export interface Tile {
  readonly displayName: string;
  readonly homepage: string;
}

/** MyApps: who you are here, how you proved it, and where you can go. */
export function myApps(app: RelyingParty, tiles: (tenantId: string) => Promise<readonly Tile[]>): Hono {
  return portal(app, 'myApps', async ({ claims }, { say }) => {
    const offer = await tiles(String(claims.tid ?? ''));
    const list = html`<ul class="tiles">${offer.map(
      ({ displayName, homepage }) =>
        html`<li><a class="tile" href="${homepage}">${displayName}<small>${new URL(homepage).host}</small></a></li>`,
    )}</ul>`;
    return html`<h1>${say.hello(String(claims.name ?? claims.preferred_username))}</h1>
${proof(claims, say)}
<h2>${say.yourApplications}</h2>
${offer.length > 0 ? list : html`<p>${say.noApplications}</p>`}`;
  });
}

/** The sample application: what a developer's own one receives, claim by claim. */
export function sampleApp(app: RelyingParty): Hono {
  return portal(app, 'sampleApplication', async ({ claims }, { say }) => {
    const rows = Object.entries(claims).map(
      ([name, value]) =>
        html`<dt>${name}</dt><dd dir="ltr">${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`,
    );
    return html`<h1>${say.signedInAs(String(claims.preferred_username))}</h1>
<p class="faint">${say.whatSampleReceived}</p>
<dl>${rows}</dl>`;
  });
}

type Title = 'myApps' | 'sampleApplication';

function portal(
  app: RelyingParty,
  titled: Title,
  body: (signedIn: SignedIn, language: Language) => Promise<Markup>,
): Hono {
  const routes = new Hono();
  const draw = (language: Language, inside: Markup, wide = false) => {
    const title = language.say[titled];
    return pageResponse(page({ title, brand: { displayName: title }, language, wide }, inside));
  };
  routes.get(app.base, async (c) => {
    const person = whoIs(app, c.req.raw);
    if (!person) return beginSignIn(app, wishes(c.req.raw));
    const language = languageOf(c.req.raw);
    return draw(
      language,
      html`${await body(person, language)}
<div class="actions">
<a class="button quiet" href="${app.base}/switch">${language.say.useAnotherAccount}</a>
<a class="button" href="${app.base}/sign-out">${language.say.signOut}</a>
</div>`,
      true,
    );
  });
  routes.get(`${app.base}/callback`, async (c) => {
    try {
      return await endSignIn(app, c.req.raw);
    } catch (failed) {
      const language = languageOf(c.req.raw);
      return draw(language, failure(app, failed, new URL(c.req.url), language.say));
    }
  });
  routes.get(`${app.base}/switch`, (c) => beginSignIn(app, { prompt: 'select_account', ...wishes(c.req.raw) }));
  routes.get(`${app.base}/sign-out`, (c) => signOut(app, c.req.raw));
  routes.get(`${app.base}/signed-out`, (c) => {
    const language = languageOf(c.req.raw);
    const { say } = language;
    return draw(
      language,
      html`<h1>${say.signedOut}</h1>
<p>${say.closeWindows}</p>
<div class="actions"><a class="button" href="${app.base}">${say.signInAgain}</a></div>`,
    );
  });
  return routes;
}

const languageOf = (request: Request): Language =>
  chooseLanguage({
    mkt: new URL(request.url).searchParams.get('mkt') ?? undefined,
    acceptLanguage: request.headers.get('accept-language') ?? undefined,
  });

/** A language asked for in the address of the application is asked for in its sign-in, too. */
function wishes(request: Request): Record<string, string> {
  const mkt = new URL(request.url).searchParams.get('mkt');
  return mkt ? { ui_locales: mkt.slice(0, 35) } : {};
}

/** What `amr` says in words (TOK-3): how the person proved who they are, and how strong that was. */
function proof(claims: SignedIn['claims'], say: Texts): Markup {
  const amr = Array.isArray(claims.amr) ? claims.amr.map(String) : [];
  const means = amr.includes('rsa')
    ? amr.includes('pwd')
      ? say.byPasswordAndCertificate
      : say.byCertificate
    : say.byPassword;
  return html`<dl class="proof">
<dt>${say.youSignedInAs}</dt><dd id="who">${claims.preferred_username}</dd>
<dt>${say.means}</dt><dd id="means">${means}</dd>
<dt>${say.strength}</dt><dd><span class="strength" id="strength">${amr.includes('mfa') ? say.multifactor : say.singleFactor}</span></dd>
</dl>`;
}

function failure(app: RelyingParty, reject: unknown, url: URL, say: Texts): Markup {
  const body = url.searchParams.get('error_description') ?? (reject instanceof Error ? reject.message : 'unknown');
  return html`<h1>${say.signInUnfinished}</h1><p class="wrong" role="alert" lang="en">${body.slice(0, 1000)}</p>
<div class="actions"><a class="button" href="${app.base}">${say.tryAgain}</a></div>`;
}
