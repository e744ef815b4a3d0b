import { html } from 'hono/html';
import type { Language } from '#languages/language.ts';

/** What hono's `html` gives: text that is already escaped. */
export type Markup = ReturnType<typeof html>;

const hinge = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true"
  ><path d="M11 3v18M13 3v18M3 6h8v5H3zM13 13h8v5h-8z" stroke-linejoin="round" /></svg
>`;

/** Whose pages they are. */
export interface Brand {
  readonly displayName: string;
  /** Path of the tenant's logo on the login host. */
  readonly logo?: string;
  /** Path of the style sheet with the tenant's colors, there too. */
  readonly colours?: string;
  /** What the tenant says on its sign-in pages. */
  readonly signInText?: string;
  /** In the empty field of the user name. */
  readonly usernameHint?: string;
  /** Path of the icon of a browser's tab, on the login host. */
  readonly favicon?: string;
}

/** Pages that belong to no tenant. */
export const defaultBrand: Brand = { displayName: 'Cardea' };

export interface Frame {
  /** What happened or what to do; the heading repeats it in the body. */
  readonly title: string;
  readonly brand: Brand;
  readonly language: Language;
  readonly wide?: boolean;
  /** Where style sheets come from when not from the page's own host: the certauth host serves pages, never files. */
  readonly assetsOrigin?: string;
  /** The script of a page that is nicer with it, or of passkeys, which need it; everything else works without. */
  readonly script?: keyof typeof scripts;
  /** What stands above the sheet on pages of a signed-in user; the brand is in it then. */
  readonly bar?: Markup;
  /** Where a browser goes by itself after this page. */
  readonly goesTo?: string;
  /** Seconds before it does; at once when not said. */
  readonly goesAfter?: number;
}

/** The scripts that pages may name: files of the login host. */
const scripts = { copy: 'copy.js', passkey: 'passkey.js', launcher: 'launcher.js' } as const;

/** The frame of every page a person sees. */
export function page(frame: Frame, body: Markup): Markup {
  const { title, brand, language, assetsOrigin = '' } = frame;
  return html`<!doctype html>
<html lang="${language.tag}" dir="${language.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${frame.goesTo ? html`<meta http-equiv="refresh" content="${frame.goesAfter ?? 0};url=${frame.goesTo}">` : ''}
<title>${title} · ${brand.displayName}</title>
<link rel="stylesheet" href="${assetsOrigin}/assets/cardea.css">
${brand.colours ? html`<link rel="stylesheet" href="${assetsOrigin}${brand.colours}">` : ''}
${frame.bar ? html`<link rel="stylesheet" href="${assetsOrigin}/assets/account.css">` : ''}
${frame.script ? html`<script src="${assetsOrigin}/assets/${scripts[frame.script]}" defer></script>` : ''}
${icon(brand, assetsOrigin)}
</head>
<body>
${frame.bar ?? ''}
<main${frame.wide ? html` class="wide"` : ''}>
${frame.bar ? '' : brandLine(brand, assetsOrigin)}
${body}
</main>
<footer>${language.say.signInByCardea}</footer>
</body>
</html>`;
}

/** A tenant's logo, or its name beside our sign. The name may be in another script than the page. */
/** The icon of a browser's tab: the tenant's, or Cardea's. */
const icon = ({ favicon }: Brand, assetsOrigin: string) =>
  favicon
    ? html`<link rel="icon" href="${assetsOrigin}${favicon}">`
    : html`<link rel="icon" href="${assetsOrigin}/assets/favicon.svg" type="image/svg+xml">`;

export const brandLine = ({ logo, displayName }: Brand, assetsOrigin: string): Markup =>
  logo
    ? html`<p class="brand"><img src="${assetsOrigin}${logo}" alt="${displayName}"></p>`
    : html`<p class="brand">${hinge}<bdi>${displayName}</bdi></p>`;

/** A sentence with a name in it that may be in another script: the name is isolated from what stands around it. */
export function withName(sentence: (name: string) => string, name: string): Markup {
  const [before = '', after = ''] = sentence('\u0000').split('\u0000');
  return html`${before}<bdi>${name}</bdi>${after}`;
}

/** Origins beside our own that a page touches. */
export interface PageOrigins {
  /** Where a form's answer may redirect to in the end: browsers apply form-action to the redirects, too. */
  readonly formTargets?: readonly string[];
  readonly assetsOrigin?: string;
  /** Whether the page's own script runs. */
  readonly script?: boolean;
}

/**
 * Headers of every page: nothing is cached (pages carry who is signing in), nothing is framed, and no script runs but
 * our own file where a page has a use for it.
 */
export function pageHeaders({ formTargets = [], assetsOrigin, script }: PageOrigins = {}): Record<string, string> {
  const files = assetsOrigin ?? "'self'";
  const policy = [
    "default-src 'none'",
    `style-src ${files}`,
    ...(script ? [`script-src ${files}`] : []),
    `img-src data: ${files}`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ];
  return guardedHeaders(policy);
}

/** The headers of a page with a content security policy: it is not cached, not framed, and leaves no trace elsewhere. */
export const guardedHeaders = (policy: readonly string[]): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy.join('; '),
  'cache-control': 'no-store',
  // Not no-referrer: a browser without Sec-Fetch-Site would then post our own forms with `Origin: null` (Fetch, “append a
  // request Origin header”), and such posts are refused. Other sites get no referrer with either.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'strict-transport-security': 'max-age=31536000',
  'cross-origin-opener-policy': 'same-origin',
});

/** A page as an answer. */
export async function pageResponse(markup: Markup, status = 200, origins: PageOrigins = {}): Promise<Response> {
  return new Response(String(await markup), { status, headers: pageHeaders(origins) });
}
