import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { pictureOf } from '#admin/pictures/pictures.ts';
import { type Branding, type BrandingPart, lightScheme } from '#admin/tenant/branding.ts';
import { contrast, inkOn, readable } from '#admin/tenant/contrast.ts';
import { brandingIn, brandingPictureOf, type Localization } from '#admin/tenant/localizations.ts';
import type { Tenant } from '#model/tenant.ts';
import { type Brand, defaultBrand } from '#pages/page.ts';
import type { Ports } from '#ports/ports.ts';
import { localeQuery } from './forms/branding.ts';
import { queryOf } from './forms/reader.ts';
import type { Env, ServerContext } from './server-context.ts';

/** Our own sheet and inks in the dark scheme, as the style sheet has them. */
const dark = { sheet: '#1e242b', ink: '#06222a' } as const;

/** The pictures of a branding by the last segment of their address. */
const parts: Readonly<Record<string, BrandingPart>> = {
  logo: 'bannerLogo',
  squarelogo: 'squareLogo',
  backgroundimage: 'backgroundImage',
  favicon: 'favicon',
};

/**
 * How a tenant's pages look in a language. The addresses change with what they show, so a browser may keep what it has.
 * @param language a language tag; the default branding where it is absent
 */
export async function brandOf(
  ports: { readonly tenant: Tenant } & Pick<Ports, 'objects'>,
  language?: string,
): Promise<Brand> {
  const { branding, localized } = await brandingIn(language, ports);
  const base = `/branding/${ports.tenant.id}`;
  const colours = coloursOf(branding, base, localized);
  const [logo, favicon, icon] = (['bannerLogo', 'favicon', 'squareLogo'] as const).map((part) =>
    pictureAddress(part, branding, base, localized),
  );
  const { signInPageText, usernameHintText } = branding;
  return {
    displayName: branding.displayName ?? ports.tenant.displayName,
    ...(logo ? { logo } : {}),
    ...(colours ? { colours: withLocale(`${base}/colours.css?v=${digest(colours)}`, localized) } : {}),
    ...(signInPageText ? { signInText: signInPageText } : {}),
    ...(usernameHintText ? { usernameHint: usernameHintText } : {}),
    ...(favicon || icon ? { favicon: (favicon ?? icon)! } : {}),
  };
}

/** How pages look that belong to no tenant: as the tenant's where there is one alone. A fault leaves the usual look. */
export async function brandOfInstallation(
  { tenants, portsOf }: Pick<ServerContext, 'tenants' | 'portsOf'>,
  language?: string,
): Promise<Brand> {
  try {
    const [only, ...rest] = await tenants.list();
    return only && rest.length === 0 ? await brandOf(await portsOf(only.id), language) : defaultBrand;
  } catch {
    return defaultBrand;
  }
}

const withLocale = (address: string, localized: Localization | undefined) =>
  localized ? `${address}&l=${encodeURIComponent(localized.locale)}` : address;

/** Where a picture is, with its digest; undefined where there is none. A localized picture replaces that of the default branding. */
function pictureAddress(
  part: BrandingPart,
  branding: Branding,
  base: string,
  localized: Localization | undefined,
): string | undefined {
  const name = part === 'bannerLogo' ? 'logo' : part.toLowerCase();
  const ofLocale = localized?.branding.pictures?.[part];
  if (ofLocale) return withLocale(`${base}/${name}?v=${ofLocale.slice(0, 16)}`, localized);
  const sha256 = part === 'bannerLogo' ? branding.logo?.sha256 : branding.pictures?.[part];
  return sha256 ? `${base}/${name}?v=${sha256.slice(0, 16)}` : undefined;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The branding that the pages of a tenant load from the login host. It is public: every visitor of the pages sees it. */
export function brandingFiles(of: Pick<ServerContext, 'tenants' | 'portsOf'>): Hono<Env> {
  const app = new Hono<Env>();
  const portsOf = async (tenantId: string) => ((await of.tenants.find(tenantId)) ? of.portsOf(tenantId) : undefined);
  app.get('/branding/:tenant/colours.css', async (c) => {
    const ports = await portsOf(c.req.param('tenant'));
    const { branding, localized } = ports ? await brandingIn(queryOf(c, localeQuery).l, ports) : {};
    const colours = branding && coloursOf(branding, `/branding/${ports!.tenant.id}`, localized);
    if (!colours) return c.notFound();
    return new Response(colours, { headers: fileHeaders('text/css; charset=utf-8') });
  });
  app.get('/branding/:tenant/:part', async (c) => {
    const part = parts[c.req.param('part').toLowerCase()];
    const ports = part && (await portsOf(c.req.param('tenant')));
    const picture = ports && (await brandingPictureOf(queryOf(c, localeQuery).l, part!, ports));
    if (!picture) return c.notFound();
    return new Response(Buffer.from(picture.base64, 'base64'), { headers: fileHeaders(picture.mediaType) });
  });
  app.get('/branding/:tenant/applications/:application/logo', async (c) => {
    const ports = await portsOf(c.req.param('tenant'));
    const target = { subject: 'application', ownerId: c.req.param('application'), part: 'logo' } as const;
    const picture = ports && (await pictureOf(target, ports));
    if (!picture) return c.notFound();
    return new Response(Buffer.from(picture.base64, 'base64'), { headers: fileHeaders(picture.mediaType) });
  });
  return app;
}

/** Where the logo of an application is; undefined where it has none. */
export const applicationLogo = (tenantId: string, appId: string, logoDigest: string | undefined): string | undefined =>
  logoDigest && `/branding/${tenantId}/applications/${appId}/logo?v=${logoDigest.slice(0, 16)}`;

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

/** The tenant's colors, each with the ink that is read best on it; in the dark scheme an accent only where it can be read. */
function coloursOf(branding: Branding, base: string, localized: Localization | undefined): string | undefined {
  const { backgroundColor, accentColor } = branding;
  const image = pictureAddress('backgroundImage', branding, base, localized);
  if (!backgroundColor && !accentColor && !image) return undefined;
  const light = [
    ...(backgroundColor
      ? [`--ground:${backgroundColor}`, `--on-ground:${inkOn(backgroundColor, lightScheme.ink, lightScheme.paper)}`]
      : []),
    ...(accentColor
      ? [`--accent:${accentColor}`, `--on-accent:${inkOn(accentColor, dark.ink, lightScheme.paper)}`]
      : []),
  ];
  const inDark =
    accentColor && contrast(accentColor, dark.sheet) >= readable
      ? [`--accent:${accentColor}`, `--on-accent:${inkOn(accentColor, dark.ink, lightScheme.paper)}`]
      : [];
  const scheme = (name: string, rules: readonly string[]) =>
    rules.length > 0 ? `@media (prefers-color-scheme:${name}){:root{${rules.join(';')}}}\n` : '';
  return scheme('light', light) + scheme('dark', inDark) + (image ? behind(image) : '');
}

/** A picture behind the page. What is written on it gets a ground of its own, because no contrast with it is known. */
const behind = (image: string) =>
  `body{background:var(--ground) url("${image}") center/cover no-repeat fixed}\nfooter{background:var(--ground);padding:.25rem .75rem;border-radius:4px}\n`;
