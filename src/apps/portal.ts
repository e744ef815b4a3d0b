import { Hono } from 'hono';
import { html } from 'hono/html';
import { chooseLanguage } from '#languages/choose.ts';
import type { Language, Texts } from '#languages/language.ts';
import { bar } from '#pages/bar.ts';
import { type Brand, type Frame, type Markup, page, pageResponse } from '#pages/page.ts';
import { authorizeAnswer, languageQuery, queryIn, readFields } from '#schema/form.ts';
import { beginSignIn, endSignIn, type RelyingParty, type SignedIn, signOut, whoIs } from './relying-party.ts';

export type PortalBody = (person: SignedIn, language: Language, url: URL) => Promise<Markup>;

/** What tells the applications of ours apart. */
export interface PortalOptions {
  readonly title: 'myApps' | 'sampleApplication';
  readonly here?: 'myApps';
  readonly script?: Frame['script'];
  /** What stands behind the name of the account. */
  account?(person: SignedIn, language: Language): Markup;
  readonly body: PortalBody;
  /** Of a tenant; of the installation where none is known. */
  brandOf(tenantId: string | undefined): Promise<Brand>;
}

/** The sample application: what a developer's own one receives, claim by claim. */
export function sampleApp(app: RelyingParty, { brandOf }: Pick<PortalOptions, 'brandOf'>): Hono {
  const body: PortalBody = async ({ claims }, { say }) => {
    const rows = Object.entries(claims).map(
      ([name, value]) =>
        html`<dt lang="en">${name}</dt><dd dir="ltr">${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`,
    );
    return html`<h1>${say.signedInAs(String(claims.preferred_username))}</h1>
<p class="faint">${say.whatSampleReceived}</p>
<dl>${rows}</dl>
<div class="actions">
<a class="button quiet" href="${app.base}/switch">${say.useAnotherAccount}</a>
<a class="button quiet" href="/myapps">${say.backToApps}</a>
</div>`;
  };
  return portal(app, { title: 'sampleApplication', body, brandOf });
}

/** The pages of an application of ours around its body: sign-in, change of account, sign-out. */
export function portal(app: RelyingParty, options: PortalOptions): Hono {
  const routes = new Hono();
  const draw = async (language: Language, inside: Markup) =>
    pageResponse(
      page({ title: language.say[options.title], brand: await options.brandOf(undefined), language }, inside),
    );
  routes.get(app.base, async (c) => {
    const person = whoIs(app, c.req.raw);
    return person ? homePage(app, options, person, c.req.raw) : beginSignIn(app, wishes(c.req.raw));
  });
  routes.get(`${app.base}/callback`, async (c) => {
    try {
      return await endSignIn(app, c.req.raw);
    } catch (problem) {
      const language = languageOf(c.req.raw);
      return draw(language, failure(app, problem, new URL(c.req.url), language.say));
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
    mkt: wishedLanguage(request),
    acceptLanguage: request.headers.get('accept-language') ?? undefined,
  });

/** A language asked for in the address of the application is asked for in its sign-in, too. */
function wishes(request: Request): Record<string, string> {
  const mkt = wishedLanguage(request);
  return mkt ? { ui_locales: mkt.slice(0, 35) } : {};
}

const wishedLanguage = (request: Request): string | undefined => readFields(languageQuery, queryIn(request.url))?.mkt;

async function homePage(app: RelyingParty, options: PortalOptions, person: SignedIn, request: Request) {
  const { title, here, script, account, body, brandOf } = options;
  const { claims } = person;
  const [language, brand] = [languageOf(request), await brandOf(String(claims.tid ?? ''))];
  const top = bar({
    ...{ brand, language, username: String(claims.preferred_username), signOut: `${app.base}/sign-out` },
    ...(here ? { here } : {}),
    ...(account ? { account: account(person, language) } : {}),
  });
  const frame = { title: language.say[title], brand, language, wide: true, bar: top, ...(script ? { script } : {}) };
  const inside = await body(person, language, new URL(request.url));
  return pageResponse(page(frame, inside), 200, { script: script !== undefined });
}

function failure(app: RelyingParty, problem: unknown, url: URL, say: Texts): Markup {
  const description =
    readFields(authorizeAnswer, queryIn(url.href))?.error_description ??
    (problem instanceof Error ? problem.message : 'unknown');
  return html`<h1>${say.signInUnfinished}</h1><p class="wrong" role="alert" lang="en" dir="ltr">${description.slice(0, 1000)}</p>
<div class="actions"><a class="button" href="${app.base}">${say.tryAgain}</a></div>`;
}
