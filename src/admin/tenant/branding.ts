import { createHash } from 'node:crypto';
import { fault } from '#core/trace/fault.ts';
import type { Objects } from '#ports/objects.ts';
import { checkName, checkText } from '../entered.ts';
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
type LogoType = 'image/png' | 'image/jpeg' | 'image/webp';

/** What a change says: `null` takes a part away, an absent part stays. */
export type BrandingChange = { readonly [K in keyof Omit<Branding, 'logo'>]?: Branding[K] | null } & {
  /** The file's octets. */
  readonly logo?: Uint8Array | null;
};

const kind = 'branding';
const logoKind = 'brandingLogo';
const limits = { displayName: 100, signInPageText: 1024, usernameHintText: 64, logoOctets: 50 * 1024 } as const;

/** The grounds and inks of our own style sheet that a tenant's colors meet in the light scheme. */
export const context = { sheet: '#ffffff', ink: '#1b232c', paper: '#ffffff' } as const;

export async function brandingOf({ objects }: { readonly objects: Pick<Objects, 'list'> }): Promise<Branding> {
  return (await objects.list<Branding>(kind))[0]?.document ?? {};
}

export async function logoOf({ objects }: { readonly objects: Pick<Objects, 'list'> }): Promise<Logo | undefined> {
  return (await objects.list<Logo>(logoKind))[0]?.document;
}

/**
 * Changes a tenant's branding and answers what it is then. Nothing is kept that could not be read or that a browser could
 * take for something else than a picture. @throws brandColourInvalid, brandContrastLow, brandLogoInvalid, brandTextTooLong
 */
export async function changeBranding(
  change: BrandingChange,
  { tenantId, actor }: { readonly tenantId: string; readonly actor: string },
  objects: Objects,
): Promise<Branding> {
  const { logo, ...parts } = change;
  checkBranding(parts);
  const picture = logo ? readLogo(logo) : undefined;
  const set = { ...parts, ...(logo === undefined ? {} : { logo: picture?.facts ?? null }) };
  if (logo !== undefined) await replace(logoKind, tenantId, picture?.logo, { actor, objects });
  const merge = (old: Branding): Branding => mergedBranding(old, set);
  const auditEntry = { activity: 'Update company branding', actor };
  const next = await objects.change<Branding>(kind, tenantId, merge, auditEntry);
  if (next) return next.document;
  return (await objects.add({ kind, id: tenantId, owner: undefined, document: merge({}) }, auditEntry)).document;
}

/** The branding with what a change says of it. */
export const mergedBranding = (old: Branding, change: Record<string, unknown>): Branding =>
  withoutNulls({ ...old, ...change });

/** @throws brandColourInvalid, brandContrastLow, brandTextTooLong, textHoldsControls */
export function checkBranding(parts: BrandingChange): void {
  checkTexts(parts);
  checkColours(parts);
}

async function replace(
  label: string,
  id: string,
  document: Logo | undefined,
  { actor, objects }: { readonly actor: string; readonly objects: Objects },
): Promise<void> {
  const auditEntry = { activity: 'Update company branding logo', actor };
  await objects.remove(label, id, auditEntry);
  if (document) await objects.add({ kind: label, id, owner: undefined, document }, auditEntry);
}

const withoutNulls = (parts: Record<string, unknown>): Branding =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null && value !== undefined));

function checkTexts(parts: BrandingChange): void {
  checkName('displayName', parts.displayName);
  checkName('usernameHintText', parts.usernameHintText);
  checkText('signInPageText', parts.signInPageText);
  for (const part of ['displayName', 'signInPageText', 'usernameHintText'] as const) {
    const length = parts[part]?.length ?? 0;
    if (length > limits[part]) throw fault('brandTextTooLong', { part, length, limit: limits[part] });
  }
}

/** A ground must let our ink or our paper be read on it; an accent is read on the sheet and carries text itself. */
function checkColours({ backgroundColor, accentColor }: BrandingChange): void {
  if (backgroundColor) {
    const ink = inkOn(checkColour(backgroundColor), context.ink, context.paper);
    checkReadable('backgroundColor', backgroundColor, ink);
  }
  if (accentColor) checkReadable('accentColor', checkColour(accentColor), context.sheet);
}

function checkColour(colour: string): Colour {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw fault('brandColourInvalid', { colour: colour.slice(0, 50) });
  return colour;
}

function checkReadable(part: string, colour: Colour, against: Colour): void {
  const ratio = Math.floor(contrast(colour, against) * 100) / 100;
  if (ratio < readable) throw fault('brandContrastLow', { part, colour, against, ratio, needed: readable });
}

/** The first octets of each, in hex. */
const signatures: readonly (readonly [LogoType, RegExp])[] = [
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/webp', /^52494646.{8}57454250/],
];

/** A picture by its first octets, not by its name: an SVG is a document with scripts, and is refused. */
function readLogo(octets: Uint8Array): { readonly logo: Logo; readonly facts: NonNullable<Branding['logo']> } {
  if (octets.length > limits.logoOctets) {
    throw fault('brandLogoInvalid', { problem: `it has ${octets.length} octets, more than ${limits.logoOctets}` });
  }
  const head = Buffer.from(octets.subarray(0, 12)).toString('hex');
  const mediaType = signatures.find(([, signature]) => signature.test(head))?.[0];
  if (!mediaType) throw fault('brandLogoInvalid', { problem: 'it is neither PNG, JPEG nor WebP' });
  const sha256 = createHash('sha256').update(octets).digest('hex');
  return { logo: { mediaType, base64: Buffer.from(octets).toString('base64') }, facts: { mediaType, sha256 } };
}
