import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Ports } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import {
  checkPicture,
  type Picture,
  pictureOf,
  pictureRules,
  putPicture,
  removePicture,
} from '../pictures/pictures.ts';
import {
  type Branding,
  type BrandingChange,
  type BrandingPart,
  type BrandingPorts,
  brandingOf,
  changeBranding,
  checkBranding,
  logoOf,
  mergedBranding,
} from './branding.ts';

/** The branding of people whose browser asks for a language (Graph: organizationalBrandingLocalization). */
export interface Localization {
  /** A language tag such as `fr-FR`. */
  readonly locale: string;
  readonly branding: Branding;
}
/** A picture of a branding; that of no locale is the default one. */
export interface BrandingPictureOf {
  readonly locale: string | undefined;
  readonly part: BrandingPart;
}

const kind = 'brandingLocalizations';
const mostLocalizations = 100;
/** Graph's name of the default branding among the localizations. */
export const defaultLocale = '0';

type Reading = Pick<Ports, 'objects'>;

export async function localizationsOf({ objects }: Reading): Promise<readonly Localization[]> {
  return (await objects.list<Branding>(kind)).map(({ id, document }) => ({ locale: id, branding: document }));
}

/** A language tag in its usual spelling. Refuses with graphPropertyInvalid. */
export function localeOf(tag: string): Ruling<string> {
  const problem = 'it must be a language tag, such as fr-FR';
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i.test(tag))
    return refused('graphPropertyInvalid', { target: 'id', problem });
  return success(Intl.getCanonicalLocales(tag)[0]!);
}

/** Refuses with graphObjectMissing. */
export async function brandingAt(locale: string | undefined, ports: Reading): Promise<Ruling<Branding>> {
  if (locale === undefined) return success(await brandingOf(ports));
  const match = await ports.objects.find<Branding>(kind, locale);
  if (!match) return refused('graphObjectMissing', { id: locale.slice(0, 80) });
  return success(match.document);
}

/**
 * What the pages show in a language: the default branding, and over it what the localization of that language says. `fr-FR` is
 * also for those who ask for `fr`. Pictures of the localization are read from it.
 */
export async function brandingIn(
  language: string | undefined,
  ports: Reading,
): Promise<{ readonly branding: Branding; readonly localized: Localization | undefined }> {
  const branding = await brandingOf(ports);
  if (language === undefined) return { branding, localized: undefined };
  const localizations = await localizationsOf(ports);
  const wanted = language.toLowerCase();
  const localized =
    localizations.find(({ locale }) => locale.toLowerCase() === wanted) ??
    localizations.find(({ locale }) => primaryOf(locale) === primaryOf(wanted));
  const { pictures: _, ...texts } = localized?.branding ?? {};
  return { branding: { ...branding, ...texts }, localized };
}

const primaryOf = (tag: string) => tag.toLowerCase().split('-')[0];

/** Refuses with graphObjectConflict, graphLimitReached, and as {@link changeLocalization}. */
export async function addLocalization(
  locale: string,
  change: BrandingChange,
  { actor, ports: { objects } }: AdminContext<BrandingPorts>,
): Promise<Ruling<Localization>> {
  if (await objects.find(kind, locale)) return refused('graphObjectConflict', { target: 'id', value: locale });
  if ((await objects.list(kind)).length >= mostLocalizations)
    return refused('graphLimitReached', { what: 'localizations', limit: mostLocalizations });
  const brandingRuling = checkBranding(change);
  if (brandingRuling.outcome !== 'passed') return brandingRuling;
  const document = mergedBranding({}, { ...change });
  await objects.add({ kind, id: locale, owner: undefined, document }, { activity: 'Update company branding', actor });
  return success({ locale, branding: document });
}

/** Changes the default branding or that of a language. Refuses as `changeBranding`, graphObjectMissing. */
export async function changeBrandingAt(
  locale: string | undefined,
  change: BrandingChange,
  context: AdminContext<BrandingPorts>,
): Promise<Ruling<Branding>> {
  if (locale === undefined) return changeBranding(change, context);
  const brandingRuling = checkBranding(change);
  if (brandingRuling.outcome !== 'passed') return brandingRuling;
  const { actor, ports } = context;
  const auditEntry = { activity: 'Update company branding', actor };
  const merge = (old: Branding) => mergedBranding(old, { ...change });
  const result = await ports.objects.change<Branding>(kind, locale, merge, auditEntry);
  if (!result) return refused('graphObjectMissing', { id: locale.slice(0, 80) });
  return success(result.document);
}

/** Removes a localization with its pictures. Refuses with graphObjectMissing. */
export async function removeLocalization(locale: string, context: AdminContext<BrandingPorts>): Promise<Ruling<void>> {
  const { actor, ports } = context;
  const brandingRuling = await brandingAt(locale, ports);
  if (brandingRuling.outcome !== 'passed') return brandingRuling;
  const { pictures = {} } = brandingRuling.value;
  for (const part of Object.keys(pictures) as BrandingPart[]) await removePicture(target(locale, part), context);
  await ports.objects.remove(kind, locale, { activity: 'Update company branding', actor });
  return success();
}

const target = (locale: string | undefined, part: BrandingPart) =>
  ({ subject: 'branding', ownerId: locale ?? defaultLocale, part }) as const;

/** The logo of the default branding is where it was before there were other pictures. */
const isLogo = (locale: string | undefined, part: BrandingPart) => locale === undefined && part === 'bannerLogo';

/** Refuses with pictureInvalid, graphObjectMissing. */
export async function putBrandingPicture(
  { locale, part }: BrandingPictureOf,
  octets: Uint8Array,
  context: AdminContext<BrandingPorts>,
): Promise<Ruling<void>> {
  const pictureRuling = checkPicture(octets, pictureRules[part]);
  if (pictureRuling.outcome !== 'passed') return pictureRuling;
  const picture = pictureRuling.value;
  const brandingRuling = await brandingAt(locale, context.ports);
  if (brandingRuling.outcome !== 'passed') return brandingRuling;
  const isOfLogo = isLogo(locale, part);
  const pictures = { ...brandingRuling.value.pictures, [part]: picture.sha256 };
  if (!isOfLogo) await putPicture(target(locale, part), picture, context);
  const ruling = await changeBrandingAt(locale, isOfLogo ? { logo: octets } : { pictures }, context);
  return ruling.outcome === 'passed' ? success() : ruling;
}

/** False when there is none. Refuses with graphObjectMissing. */
export async function removeBrandingPicture(
  { locale, part }: BrandingPictureOf,
  context: AdminContext<BrandingPorts>,
): Promise<Ruling<boolean>> {
  const brandingRuling = await brandingAt(locale, context.ports);
  if (brandingRuling.outcome !== 'passed') return brandingRuling;
  const { pictures = {}, logo } = brandingRuling.value;
  if (isLogo(locale, part)) {
    const ruling = logo ? await changeBrandingAt(locale, { logo: null }, context) : brandingRuling;
    return ruling.outcome === 'passed' ? success(logo !== undefined) : ruling;
  }
  const { [part]: digest, ...rest } = pictures;
  if (digest === undefined) return success(false);
  await removePicture(target(locale, part), context);
  const ruling = await changeBrandingAt(locale, { pictures: rest }, context);
  return ruling.outcome === 'passed' ? success(true) : ruling;
}

export async function brandingPictureOf(
  locale: string | undefined,
  part: BrandingPart,
  ports: Reading,
): Promise<Pick<Picture, 'mediaType' | 'base64'> | undefined> {
  return isLogo(locale, part) ? logoOf(ports) : pictureOf(target(locale, part), ports);
}
