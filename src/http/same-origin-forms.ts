import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { type Because, because } from '#core/trace/reasons.ts';
import type { ServerContext } from './server-context.ts';
import { type C, refuse } from './sign-in/page-context.ts';

/**
 * A form of another site may not post here (login CSRF). It is answered with 403 and the page of `formForeign`. The
 * login host has this rule for every address of its pages, in one place (`loginListener`).
 */
export const sameOriginFormsOnly =
  (context: ServerContext) =>
  async (c: C, next: () => Promise<void>): Promise<Response | undefined> => {
    if (!(await isForeignForm(context, c))) return void (await next());
    return refuse(context, c, foreignForm(c), { status: 403 });
  };

/** That a form came from another site, in the words of the browser. */
export const foreignForm = (c: C): Because =>
  because('formForeign', { origin: (c.req.header('origin') ?? c.req.header('sec-fetch-site') ?? '').slice(0, 300) });

/**
 * Whether a page of another site posts this form. A browser says in `Sec-Fetch-Site` or in `Origin` where a form is from; one
 * of the two must name a page of ours. A program that sends neither is no browser with cookies. Other media types than those
 * of forms are not looked at: a browser asks before it sends them to another site, and no answer here permits it.
 */
export async function isForeignForm(context: ServerContext, c: C): Promise<boolean> {
  if (c.req.header('sec-fetch-site') === undefined && c.req.header('origin') === undefined) return false;
  const check = csrf({ origin: (origin) => isSignInOrigin(context, origin), secFetchSite: ['same-origin', 'none'] });
  try {
    await check(c, async () => undefined);
    return false;
  } catch (problem) {
    if (problem instanceof HTTPException) return true;
    throw problem;
  }
}

/** The login host, and the certauth host with its subdomains of tenants, whose form carries the certificate token. */
function isSignInOrigin(context: ServerContext, origin: string): boolean {
  if (origin === context.loginOrigin) return true;
  const certauth = new URL(context.certauthOrigin({ tenantId: '', hinted: false })).host.replace(/^[\da-f]{12}\./, '');
  const host = URL.canParse(origin) ? new URL(origin).host : '';
  return host === certauth || host.endsWith(`.${certauth}`);
}
