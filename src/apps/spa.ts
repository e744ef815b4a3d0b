import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { claimsOfBearer, type TokenTrust } from './bearer.ts';

/** The authentication context that the payslip wants (Conditional Access says what it takes to have it). */
const payslipContext = 'c1';
const challenge = JSON.stringify({ access_token: { acrs: { essential: true, value: payslipContext } } });

const folder = join(import.meta.dirname, 'spa');

/** Where each script is. MSAL lies beside ours in a build; a checkout takes it from its development packages. */
const scripts: Readonly<Record<string, () => string>> = {
  'app.js': () => join(folder, 'app.js'),
  'msal-browser.js': () => {
    const built = join(folder, 'msal-browser.min.js');
    if (existsSync(built)) return built;
    return join(dirname(createRequire(import.meta.url).resolve('@azure/msal-browser')), 'msal-browser.min.js');
  },
};

/** The text of a script; undefined for another name, and for MSAL where `npm ci --omit=dev` left it out. */
async function scriptNamed(name: string): Promise<string | undefined> {
  const place = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  try {
    return place && (await readFile(place(), 'utf8'));
  } catch {
    return undefined;
  }
}

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000',
};

/**
 * The sample single-page application: signs in by MSAL in the browser, renews its tokens silently, and steps up when the
 * API below it answers with a claims challenge. The API lives here too, and knows us only by the tokens it is shown.
 */
export function singlePageApp(trust: TokenTrust, now: () => Date): Hono {
  const routes = new Hono();
  routes.get('/spa', async (c) => c.html(await pageFor(trust.audience), 200, headers));
  routes.get('/spa/api/payslip', async (c) => {
    const claims = await claimsOfBearer(c.req.header('authorization'), trust, now());
    const scopes = String(claims?.scp ?? '').split(' ');
    if (!claims || !scopes.includes('payslips.read'))
      return c.json({ error: 'invalid_token' }, 401, { 'www-authenticate': 'Bearer error="invalid_token"' });
    const hasContext = Array.isArray(claims.acrs) && claims.acrs.includes(payslipContext);
    if (!hasContext) return c.json({ error: 'insufficient_claims' }, 401, { 'www-authenticate': insufficient(trust) });
    return c.json({ payslip: `Payslip of ${claims.preferred_username ?? claims.oid}` }, 200, {
      'cache-control': 'no-store',
    });
  });
  routes.get('/spa/:script', async (c) => {
    const script = await scriptNamed(c.req.param('script'));
    if (script === undefined) return c.notFound();
    return c.body(script, 200, { ...headers, 'content-type': 'text/javascript; charset=utf-8' });
  });
  return routes;
}

/** Entra's claims challenge: what the next token must say, in base64. */
const insufficient = ({ origin }: TokenTrust): string =>
  `Bearer realm="", authorization_uri="${origin}/organizations/oauth2/v2.0/authorize", error="insufficient_claims", claims="${Buffer.from(challenge).toString('base64')}"`;

const pageFor = (clientId: string) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Single-page application</title>
<link rel="stylesheet" href="/assets/cardea.css">
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<script src="/spa/msal-browser.js" defer></script>
<script src="/spa/app.js" defer></script>
</head>
<body>
<main class="wide" data-client-id="${clientId}">
<h1>Single-page application</h1>
<p class="faint">This application runs entirely in your browser. MSAL signs you in and keeps the tokens until you close the tab.</p>
<p class="wrong" role="alert" id="problem" hidden></p>
<div id="outside" hidden>
<div class="actions"><button class="button" id="sign-in">Sign in</button></div>
</div>
<div id="inside" hidden>
<p>Signed in as <strong id="who"></strong></p>
<p role="status" id="renewed"></p>
<p role="status" id="payslip"></p>
<div class="actions">
<button class="button quiet" id="sign-out">Sign out</button>
<button class="button quiet" id="renew">Renew the token</button>
<button class="button" id="open-payslip">Open my payslip</button>
</div>
</div>
</main>
</body>
</html>`;
