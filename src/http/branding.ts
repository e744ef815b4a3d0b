import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { type Branding, brandingOf, context, logoOf } from '#admin/tenant/branding.ts';
import { contrast, inkOn, readable } from '#admin/tenant/contrast.ts';
import type { Tenant } from '#model/tenant.ts';
import { type Brand, defaultBrand } from '#pages/page.ts';
import type { Ports } from '#ports/ports.ts';
import type { Env, ServerContext } from './server-context.ts';

/** Our own sheet and inks in the dark scheme, as the style sheet has them. */
const dark = { sheet: '#1e242b', ink: '#06222a' } as const;

/** How a tenant's pages look. The addresses change with what they show, so a browser may keep what it has. */
export async function brandOf(ports: { readonly tenant: Tenant } & Pick<Ports, 'objects'>): Promise<Brand> {
  const branding = await brandingOf(ports);
  const { displayName, signInPageText, logo } = branding;
  const base = `/branding/${ports.tenant.id}`;
  const colours = coloursOf(branding);
  return {
    displayName: displayName ?? ports.tenant.displayName,
    ...(logo ? { logo: `${base}/logo?v=${logo.sha256.slice(0, 16)}` } : {}),
    ...(colours ? { colours: `${base}/colours.css?v=${digest(colours)}` } : {}),
    ...(signInPageText ? { signInText: signInPageText } : {}),
  };
}

/** How pages look that belong to no tenant: as the tenant's where there is one alone. A fault leaves the usual look. */
export async function brandOfInstallation({ tenants, portsOf }: Pick<ServerContext, 'tenants' | 'portsOf'>) {
  try {
    const [only, ...rest] = await tenants.list();
    return only && rest.length === 0 ? await brandOf(await portsOf(only.id)) : defaultBrand;
  } catch {
    return defaultBrand;
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What a tenant's pages take from the login host. Nothing of it is secret: every visitor of the pages sees it. */
export function brandingFiles(of: Pick<ServerContext, 'tenants' | 'portsOf'>): Hono<Env> {
  const app = new Hono<Env>();
  const portsOf = async (tenantId: string) => ((await of.tenants.find(tenantId)) ? of.portsOf(tenantId) : undefined);
  app.get('/branding/:tenant/logo', async (c) => {
    const ports = await portsOf(c.req.param('tenant'));
    const logo = ports && (await logoOf(ports));
    if (!logo) return c.notFound();
    return new Response(Buffer.from(logo.base64, 'base64'), { headers: fileHeaders(logo.mediaType) });
  });
  app.get('/branding/:tenant/colours.css', async (c) => {
    const ports = await portsOf(c.req.param('tenant'));
    const colours = ports && coloursOf(await brandingOf(ports));
    if (!colours) return c.notFound();
    return new Response(colours, { headers: fileHeaders('text/css; charset=utf-8') });
  });
  return app;
}

/** A file of another origin is a picture or a style sheet and nothing more, whatever is in it. */
function fileHeaders(type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'public, max-age=86400',
    // The pages of the certauth host show it, too.
    'cross-origin-resource-policy': 'cross-origin',
  };
}

/** The tenant's colours, each with the ink that is read best on it; in the dark scheme an accent only where it can be read. */
function coloursOf({ backgroundColor, accentColor }: Branding): string | undefined {
  if (!backgroundColor && !accentColor) return undefined;
  const light = [
    ...(backgroundColor
      ? [`--ground:${backgroundColor}`, `--on-ground:${inkOn(backgroundColor, context.ink, context.paper)}`]
      : []),
    ...(accentColor ? [`--accent:${accentColor}`, `--on-accent:${inkOn(accentColor, dark.ink, context.paper)}`] : []),
  ];
  const inDark =
    accentColor && contrast(accentColor, dark.sheet) >= readable
      ? [`--accent:${accentColor}`, `--on-accent:${inkOn(accentColor, dark.ink, context.paper)}`]
      : [];
  const scheme = (name: string, rules: readonly string[]) =>
    rules.length > 0 ? `@media (prefers-color-scheme:${name}){:root{${rules.join(';')}}}\n` : '';
  return scheme('light', light) + scheme('dark', inDark);
}
