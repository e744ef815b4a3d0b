import { firstRefusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkName, checkText } from '../entered.ts';
import { checkPicture, pictureRules } from '../pictures/pictures.ts';
import type { PictureType } from '../pictures/read-picture.ts';
import { type Colour, contrast, inkOn, readable } from './contrast.ts';

/** How a tenant's sign-in pages look and what they ask; what is absent is the usual look. */
export interface Branding {
  /** Instead of the tenant's own name. */
  readonly displayName?: string;
  /** Plain text below the form of the sign-in pages. */
  readonly signInPageText?: string;
  /** In the empty field of the user name. */
  readonly usernameHintText?: string;
  /** `#rrggbb`: what lies behind the page, in the light scheme. */
  readonly backgroundColor?: Colour;
  /** `#rrggbb`: buttons and links, in the light scheme. */
  readonly accentColor?: Colour;
  readonly logo?: { readonly mediaType: LogoType; readonly sha256: string };
  /** Whether people are asked to stay signed in. Entra asks unless told not to; here an administrator turns it on. */
  readonly asksToStaySignedIn?: boolean;
  /** The digests of further pictures. */
  readonly pictures?: { readonly [Part in BrandingPart]?: string };
}
/** Pictures of a branding besides the logo of the default one. */
export type BrandingPart = 'bannerLogo' | 'squareLogo' | 'backgroundImage' | 'favicon';
export interface Logo {
  readonly mediaType: LogoType;
  readonly base64: string;
}
type LogoType = PictureType;

/** What a change says: `null` takes a part away, an absent part stays. */
export type BrandingChange = { readonly [K in keyof Omit<Branding, 'logo'>]?: Branding[K] | null } & {
  /** The file's octets. */
  readonly logo?: Uint8Array | null;
};

const kind = 'branding';
const logoKind = 'brandingLogo';
const limits = { displayName: 100, signInPageText: 1024, usernameHintText: 64 } as const;

/** The grounds and inks of our own style sheet that a tenant's colors meet in the light scheme. */
export const lightScheme = { sheet: '#ffffff', ink: '#1b232c', paper: '#ffffff' } as const;

/** What a change of the branding reads and writes. */
export type BrandingPorts = Pick<AdminPorts, 'objects'> & Pick<Ports, 'tenant'>;

export async function brandingOf({ objects }: Pick<Ports, 'objects'>): Promise<Branding> {
  return (await objects.list<Branding>(kind))[0]?.document ?? {};
}

export async function logoOf({ objects }: Pick<Ports, 'objects'>): Promise<Logo | undefined> {
  return (await objects.list<Logo>(logoKind))[0]?.document;
}

/**
 * Changes a tenant's branding and answers what it is then. Nothing is kept that could not be read or that a browser could
 * take for something else than a picture. Refuses with brandColourInvalid, brandContrastLow, brandLogoInvalid, brandTextTooLong.
 */
export async function changeBranding(
  change: BrandingChange,
  context: AdminContext<BrandingPorts>,
): Promise<Ruling<Branding>> {
  const {
    actor,
    ports: {
      objects,
      tenant: { id },
    },
  } = context;
  const { logo, ...parts } = change;
  const brandingRuling = checkBranding(parts);
  if (brandingRuling.outcome !== 'passed') return brandingRuling;
  const logoRuling = logo ? readLogo(logo) : success(undefined);
  if (logoRuling.outcome !== 'passed') return logoRuling;
  const picture = logoRuling.value;
  const set = { ...parts, ...(logo === undefined ? {} : { logo: picture?.facts ?? null }) };
  if (logo !== undefined) await replaceLogo(picture?.logo, context);
  const merge = (old: Branding): Branding => mergedBranding(old, set);
  const auditEntry = { activity: 'Update company branding', actor };
  const next = await objects.change<Branding>(kind, id, merge, auditEntry);
  if (next) return success(next.document);
  return success((await objects.add({ kind, id, owner: undefined, document: merge({}) }, auditEntry)).document);
}

/** The branding with what a change says of it. */
export const mergedBranding = (old: Branding, change: Record<string, unknown>): Branding =>
  withoutNulls({ ...old, ...change });

/** Refuses with brandColourInvalid, brandContrastLow, brandTextTooLong, textHoldsControls. */
export function checkBranding(parts: BrandingChange): Ruling<void> {
  return firstRefusal(checkTexts(parts), checkColours(parts));
}

async function replaceLogo(document: Logo | undefined, { actor, ports }: AdminContext<BrandingPorts>): Promise<void> {
  const { objects, tenant } = ports;
  const auditEntry = { activity: 'Update company branding logo', actor };
  await objects.remove(logoKind, tenant.id, auditEntry);
  if (document) await objects.add({ kind: logoKind, id: tenant.id, owner: undefined, document }, auditEntry);
}

const withoutNulls = (parts: Record<string, unknown>): Branding =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null && value !== undefined));

function checkTexts(parts: BrandingChange): Ruling<void> {
  const checks = firstRefusal(
    checkName('displayName', parts.displayName),
    checkName('usernameHintText', parts.usernameHintText),
    checkText('signInPageText', parts.signInPageText),
  );
  if (checks.outcome !== 'passed') return checks;
  for (const part of ['displayName', 'signInPageText', 'usernameHintText'] as const) {
    const length = parts[part]?.length ?? 0;
    if (length > limits[part]) return refused('brandTextTooLong', { part, length, limit: limits[part] });
  }
  return success();
}

/** A ground must let our ink or our paper be read on it; an accent is read on the sheet and carries text itself. */
function checkColours({ backgroundColor, accentColor }: BrandingChange): Ruling<void> {
  if (backgroundColor) {
    const colourRuling = checkColour(backgroundColor);
    if (colourRuling.outcome !== 'passed') return colourRuling;
    const ink = inkOn(colourRuling.value, lightScheme.ink, lightScheme.paper);
    const readableRuling = checkReadable('backgroundColor', backgroundColor, ink);
    if (readableRuling.outcome !== 'passed') return readableRuling;
  }
  if (accentColor) {
    const colourRuling = checkColour(accentColor);
    if (colourRuling.outcome !== 'passed') return colourRuling;
    return checkReadable('accentColor', colourRuling.value, lightScheme.sheet);
  }
  return success();
}

function checkColour(colour: string): Ruling<Colour> {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return refused('brandColourInvalid', { colour: colour.slice(0, 50) });
  return success(colour);
}

function checkReadable(part: string, colour: Colour, against: Colour): Ruling<void> {
  const ratio = Math.floor(contrast(colour, against) * 100) / 100;
  if (ratio < readable) return refused('brandContrastLow', { part, colour, against, ratio, needed: readable });
  return success();
}

/** The rule of Graph's bannerLogo: `cardea tenant brand` sets the same picture. */
function readLogo(octets: Uint8Array): Ruling<{ readonly logo: Logo; readonly facts: NonNullable<Branding['logo']> }> {
  const ruling = checkPicture(octets, pictureRules.bannerLogo);
  if (ruling.outcome !== 'passed')
    return ruling.because.code === 'pictureInvalid' ? refused('brandLogoInvalid', ruling.because.evidence) : ruling;
  const { mediaType, base64, sha256 } = ruling.value;
  return success({ logo: { mediaType, base64 }, facts: { mediaType, sha256 } });
}
