import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { defaultLanguage } from '#languages/choose.ts';
import { defaultBrand, guardedHeaders, page, pageResponse } from '#pages/page.ts';
import type { AdminCenterBuild, BuildState } from './build.ts';
import type { BuiltFile } from './built-files.ts';

/** Seconds after which the page that waits for a build looks again. */
const patience = 2;

/**
 * The admin center: one page for every path below /admin, and its files. The page signs in by OpenID Connect as the
 * application `clientId` and uses Graph alone.
 */
export function adminCenter(build: AdminCenterBuild, clientId: string): Hono {
  const routes = new Hono();
  routes.get('/admin', (c) => c.redirect(`/admin/${new URL(c.req.url).search}`, 302));
  routes.get('/admin/assets/:name', (c) => {
    const file = build.pages?.files.get(c.req.param('name'));
    return file ? fileResponse(file, c.req.header('accept-encoding') ?? '') : c.notFound();
  });
  routes.get('/admin/*', (c) => indexResponse(c, build, clientId));
  return routes;
}

/** The names of these files hold a hash of their contents, so a browser keeps them for a year. */
function fileResponse(file: BuiltFile, acceptEncoding: string): Response {
  const accepts = new Set(acceptEncoding.split(',').map((part) => part.trim().split(';')[0]));
  const encoding = (['br', 'gzip'] as const).find((name) => accepts.has(name) && file[name]);
  return new Response((encoding && file[encoding]) ?? file.plain, {
    headers: {
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      ...(encoding && { 'content-encoding': encoding }),
    },
  });
}

function indexResponse(c: Context, build: AdminCenterBuild, clientId: string): Response | Promise<Response> {
  if (!build.pages) return waitingPage(build.state, c.req.path);
  const nonce = randomBytes(16).toString('base64');
  const markup = build.pages.index.replaceAll('%NONCE%', nonce).replaceAll('%CLIENT_ID%', clientId);
  return c.body(markup, 200, pageHeaders(nonce));
}

/**
 * Scripts and style sheets come from files, connections go to this host alone. The nonce is for the one style element
 * that the component library adds.
 */
function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return { ...guardedHeaders(policy), 'permissions-policy': 'camera=(), geolocation=(), microphone=()' };
}

/** The text that is shown while there are no pages. */
const waiting: Readonly<Record<BuildState, { readonly title: string; readonly text: string }>> = {
  building: {
    title: 'The admin center is being built',
    text: 'This takes about twenty seconds, once after an installation or an update. The page opens automatically.',
  },
  current: { title: 'The admin center is being built', text: 'The page opens automatically.' },
  off: {
    title: 'The admin center is not built',
    text: 'The server does not build it, because the setting buildAdminCenter is false. Run "npm run build" in the folder of Cardea, and load this page again.',
  },
  toolsMissing: {
    title: 'The admin center is not built',
    text: 'The packages that build it are not installed: "npm ci --omit=dev" leaves them out. Run "npm ci" and then "npm run build" in the folder of Cardea, or copy the folder web/dist from a computer on which you ran these commands. Then load this page again. Sign-in, Microsoft Graph and the command line do not need it.',
  },
  failed: {
    title: 'The admin center could not be built',
    text: 'Run "npm run build" in the folder of Cardea to see why, and load this page again after a successful build. The server also prints the message in its terminal. Sign-in, Microsoft Graph and the command line do not need it.',
  },
};

function waitingPage(state: BuildState, path: string): Promise<Response> {
  const { title, text } = waiting[state];
  const isComing = state === 'building' || state === 'current';
  const goes = isComing ? { goesTo: path, goesAfter: patience } : {};
  const body = html`<h1>${title}</h1>
<p role="status">${text}</p>`;
  const markup = page({ title, brand: defaultBrand, language: defaultLanguage, ...goes }, body);
  return pageResponse(markup, 503);
}
