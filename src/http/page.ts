import { html } from 'hono/html';

/** What hono's `html` gives: text that is already escaped. */
export type Markup = ReturnType<typeof html>;

const hinge = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true"
  ><path d="M11 3v18M13 3v18M3 6h8v5H3zM13 13h8v5h-8z" stroke-linejoin="round" /></svg
>`;

export interface Frame {
  readonly title: string;
  readonly brand: string;
  readonly wide?: boolean;
  /** Where style sheets come from when not from the page's own host: the certauth host serves pages, never files. */
  readonly assetsOrigin?: string;
  /** Where a browser goes by itself after this page. */
  readonly goesTo?: string;
}

/** The frame of every page a person sees. `title` is what happened or what to do; the heading repeats it in the body. */
export function page(options: Frame, body: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${options.title}</title>
${options.goesTo ? html`<meta http-equiv="refresh" content="0;url=${options.goesTo}">` : ''}
<link rel="stylesheet" href="${options.assetsOrigin ?? ''}/assets/cardea.css">
<link rel="icon" href="data:,">
</head>
<body>
<main${options.wide ? html` class="wide"` : ''}>
<p class="brand">${hinge}<span>${options.brand}</span></p>
${body}
</main>
<footer>Signed in by Cardea</footer>
</body>
</html>`;
}

/** Origins beside our own that a page touches. */
export interface PageOrigins {
  /** Where a form's answer may redirect to in the end: browsers apply form-action to the redirects, too. */
  readonly formTargets?: readonly string[];
  readonly assetsOrigin?: string;
}

/**
 * Headers of every page: nothing is cached (pages carry who is signing in), nothing is framed, no script runs.
 */
export function pageHeaders({ formTargets = [], assetsOrigin = '' }: PageOrigins = {}): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src 'self' ${assetsOrigin}`.trim(),
    'img-src data:',
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'strict-transport-security': 'max-age=31536000',
    'cross-origin-opener-policy': 'same-origin',
  };
}

/** A page as an answer. */
export async function pageResponse(markup: Markup, status = 200, origins: PageOrigins = {}): Promise<Response> {
  return new Response(String(await markup), { status, headers: pageHeaders(origins) });
}
