import { Hono } from 'hono';
import { html } from 'hono/html';
import { beginSignIn, endSignIn, type RelyingParty, type SignedIn, signOut, whoIs } from './relying-party.ts';

/** The look of the house's pages, handed in: an application draws inside it. */
export type Draw = (title: string, brand: string, body: ReturnType<typeof html>) => Promise<Response>;

/** A tile of MyApps. */
export interface Tile {
  readonly displayName: string;
  readonly homepage: string;
}

/** MyApps: who you are here, how you proved it, and where you can go. */
export function myApps(app: RelyingParty, draw: Draw, tiles: (tenantId: string) => Promise<readonly Tile[]>): Hono {
  return portal(app, draw, 'My Apps', async ({ claims }) => {
    const offered = await tiles(String(claims.tid ?? ''));
    return html`<h1>Hello, ${claims.name ?? claims.preferred_username}</h1>
${proof(claims)}
<h2>Your applications</h2>
<div class="tiles">${offered.map((tile) => html`<a class="tile" href="${tile.homepage}">${tile.displayName}<small>${new URL(tile.homepage).host}</small></a>`)}</div>`;
  });
}

/** The sample application: what a developer's own one receives, claim by claim. */
export function sampleApp(app: RelyingParty, draw: Draw): Hono {
  return portal(app, draw, 'Sample application', async ({ claims }) => {
    const rows = Object.entries(claims).map(
      ([name, value]) => html`<dt>${name}</dt><dd>${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`,
    );
    return html`<h1>Signed in as ${claims.preferred_username}</h1>
<p class="faint">This application received an ID token with these claims. It knows nothing else about you.</p>
<dl>${rows}</dl>`;
  });
}

function portal(
  app: RelyingParty,
  draw: Draw,
  title: string,
  body: (who: SignedIn) => Promise<ReturnType<typeof html>>,
): Hono {
  const routes = new Hono();
  routes.get(app.base, async (c) => {
    const who = whoIs(app, c.req.raw);
    if (!who) return beginSignIn(app);
    return draw(
      title,
      title,
      html`${await body(who)}
<div class="actions">
<a class="button quiet" href="${app.base}/switch">Use another account</a>
<a class="button" href="${app.base}/sign-out">Sign out</a>
</div>`,
    );
  });
  routes.get(`${app.base}/callback`, async (c) => {
    try {
      return await endSignIn(app, c.req.raw);
    } catch (failed) {
      return draw(title, title, failure(app, failed, new URL(c.req.url)));
    }
  });
  routes.get(`${app.base}/switch`, () => beginSignIn(app, { prompt: 'login' }));
  routes.get(`${app.base}/sign-out`, (c) => signOut(app, c.req.raw));
  routes.get(`${app.base}/signed-out`, () =>
    draw(
      title,
      title,
      html`<h1>You are signed out</h1><div class="actions"><a class="button" href="${app.base}">Sign in again</a></div>`,
    ),
  );
  return routes;
}

/** What `amr` says in words (TOK-3): how the person proved who they are, and how strong that was. */
function proof(claims: SignedIn['claims']): ReturnType<typeof html> {
  const amr = Array.isArray(claims.amr) ? claims.amr.map(String) : [];
  const means = amr.includes('rsa')
    ? amr.includes('pwd')
      ? 'a password and a certificate'
      : 'a certificate'
    : 'a password';
  const strength = amr.includes('mfa') ? 'Multifactor' : 'Single-factor';
  return html`<p>You signed in as <strong id="who">${claims.preferred_username}</strong> with <span id="means">${means}</span>
<span class="strength" id="strength">${strength}</span></p>`;
}

function failure(app: RelyingParty, failed: unknown, url: URL): ReturnType<typeof html> {
  const said = url.searchParams.get('error_description') ?? (failed instanceof Error ? failed.message : 'unknown');
  return html`<h1>The sign-in did not finish</h1><p class="wrong" role="alert">${said}</p>
<div class="actions"><a class="button" href="${app.base}">Try again</a></div>`;
}
