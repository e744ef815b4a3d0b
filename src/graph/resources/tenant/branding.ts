import { z } from 'zod';
import type { Branding, BrandingChange, BrandingPart } from '#admin/tenant/branding.ts';
import {
  addLocalization,
  brandingAt,
  brandingPictureOf,
  changeBrandingAt,
  defaultLocale,
  localeOf,
  localizationsOf,
  putBrandingPicture,
  removeBrandingPicture,
  removeLocalization,
} from '#admin/tenant/localizations.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { odataTypes } from '#schema/odata-type.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { octetsIn, readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { pictureAnswer } from '../pictures.ts';
import { requireTenant } from './organization.ts';

const parts = ['bannerLogo', 'squareLogo', 'backgroundImage', 'favicon'] as const satisfies readonly BrandingPart[];

const view: GraphResource = { type: 'organizationalBranding', set: 'branding' };
const localizationView: GraphResource = { type: 'organizationalBrandingLocalization', set: 'branding/localizations' };

/** What Graph has of a branding and the pages do not show: null, and nothing else is taken. */
const hiddenProperties = [
  'customAccountResetCredentialsUrl',
  'customCannotAccessYourAccountText',
  'customCannotAccessYourAccountUrl',
  'customForgotMyPasswordText',
  'customPrivacyAndCookiesText',
  'customPrivacyAndCookiesUrl',
  'customResetItNowText',
  'customTermsOfUseText',
  'customTermsOfUseUrl',
  'headerBackgroundColor',
  'contentCustomization',
  'loginPageLayoutConfiguration',
  'loginPageTextVisibilitySettings',
] as const;

const colour = z.string().max(16).nullish();
const shape = z
  .strictObject({
    ...Object.fromEntries(
      hiddenProperties.map((name) => [name, z.null('the sign-in pages do not show it').optional()]),
    ),
    ...Object.fromEntries(
      parts.map((name) => [
        name,
        z.never('a picture is sent by PUT, as its octets, in a request of its own').optional(),
      ]),
    ),
    id: z.string().max(40).optional(),
    backgroundColor: colour,
    signInPageText: z.string().max(4096).nullish(),
    usernameHintText: z.string().max(4096).nullish(),
    '@cardea': z
      .strictObject({
        displayName: z.string().max(1000).nullish(),
        accentColor: colour,
        asksToStaySignedIn: z.boolean().nullish(),
      })
      .nullish(),
  })
  .register(odataTypes, [
    'organizationalBranding',
    'organizationalBrandingLocalization',
    'organizationalBrandingProperties',
  ]);

/** Undefined is the default branding. @throws graphObjectMissing where the tenant is another one, graphPropertyInvalid */
function localeIn(call: Call): string | undefined {
  requireTenant(call);
  const locale = keyText(call, 'locale');
  return locale === '' || locale === defaultLocale ? undefined : orThrow(localeOf(locale));
}

function brandingItem(call: Call, branding: Branding, locale: string | undefined): Item {
  const { logo, pictures = {} } = branding;
  const base = `branding/${call.ports.tenant.id}`;
  const address = (part: BrandingPart) => {
    const sha256 = part === 'bannerLogo' && locale === undefined ? logo?.sha256 : pictures[part];
    if (sha256 === undefined) return null;
    const name = part === 'bannerLogo' ? 'logo' : part.toLowerCase();
    return `${base}/${name}?v=${sha256.slice(0, 16)}${locale === undefined ? '' : `&l=${locale}`}`;
  };
  const item: Item = {
    id: locale ?? defaultLocale,
    backgroundColor: branding.backgroundColor ?? null,
    signInPageText: branding.signInPageText ?? null,
    usernameHintText: branding.usernameHintText ?? null,
    cdnList: [new URL(call.request.origin).host],
    ...Object.fromEntries(parts.map((part) => [`${part}RelativeUrl`, address(part)])),
    ...Object.fromEntries(hiddenProperties.map((name) => [name, null])),
    '@cardea': {
      displayName: branding.displayName ?? null,
      accentColor: branding.accentColor ?? null,
      asksToStaySignedIn: branding.asksToStaySignedIn ?? false,
    },
  };
  return withTag(item, { locale: item.id, branding });
}

/** Absent members stay, null takes away. */
async function changeIn(call: Call): Promise<BrandingChange> {
  const { id: _, '@cardea': more, backgroundColor, signInPageText, usernameHintText } = await readBody(call, shape);
  const members = { ...more, backgroundColor, signInPageText, usernameHintText };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

async function read(call: Call) {
  const locale = localeIn(call);
  return entity(call, brandingItem(call, orThrow(await brandingAt(locale, call.ports)), locale), view);
}

async function change(call: Call) {
  orThrow(await changeBrandingAt(localeIn(call), await changeIn(call), call));
  return nothing;
}

async function list(call: Call) {
  requireTenant(call);
  const localizations = await localizationsOf(call.ports);
  const items = [
    brandingItem(call, orThrow(await brandingAt(undefined, call.ports)), undefined),
    ...localizations.map(({ locale, branding }) => brandingItem(call, branding, locale)),
  ];
  return collection(call, items, localizationView, { page: 999 });
}

async function add(call: Call) {
  requireTenant(call);
  const { id } = await readBody(call, shape);
  if (id === undefined || id === defaultLocale)
    throw fault('graphPropertyInvalid', { target: 'id', problem: 'it must be a language tag, such as fr-FR' });
  const { locale, branding } = orThrow(await addLocalization(orThrow(localeOf(id)), await changeIn(call), call));
  return entity(call, brandingItem(call, branding, locale), localizationView, 201);
}

async function remove(call: Call) {
  const locale = localeIn(call);
  if (locale === undefined)
    throw fault('graphPropertyInvalid', { target: 'id', problem: 'the default branding is changed, not deleted' });
  orThrow(await removeLocalization(locale, call));
  return nothing;
}

async function readPicture(call: Call, part: BrandingPart) {
  const picture = await brandingPictureOf(localeIn(call), part, call.ports);
  if (!picture) throw fault('graphObjectMissing', { id: part });
  return pictureAnswer(picture);
}

async function putPicture(call: Call, part: BrandingPart) {
  orThrow(await putBrandingPicture({ locale: localeIn(call), part }, octetsIn(call.request), call));
  return nothing;
}

async function removePicture(call: Call, part: BrandingPart) {
  const isRemoved = orThrow(await removeBrandingPicture({ locale: localeIn(call), part }, call));
  if (!isRemoved) throw fault('graphObjectMissing', { id: part });
  return nothing;
}

const base = 'organization/{org}/branding';
const { readBranding, writeBranding } = needs;

const picturesAt = (path: string): readonly Route[] =>
  parts.flatMap((part): readonly Route[] => {
    const address = `${path}/${part.toLowerCase()}`;
    return [
      { method: 'GET', path: address, need: readBranding, answer: (call) => readPicture(call, part) },
      { method: 'PUT', path: address, need: writeBranding, answer: (call) => putPicture(call, part) },
      { method: 'DELETE', path: address, need: writeBranding, answer: (call) => removePicture(call, part) },
    ];
  });

export const brandingRoutes: readonly Route[] = [
  { method: 'GET', path: base, need: readBranding, answer: read },
  { method: 'PATCH', path: base, need: writeBranding, answer: change },
  { method: 'GET', path: `${base}/localizations`, need: readBranding, answer: list },
  { method: 'POST', path: `${base}/localizations`, need: writeBranding, answer: add },
  { method: 'GET', path: `${base}/localizations/{locale}`, need: readBranding, answer: read },
  { method: 'PATCH', path: `${base}/localizations/{locale}`, need: writeBranding, answer: change },
  { method: 'DELETE', path: `${base}/localizations/{locale}`, need: writeBranding, answer: remove },
  ...picturesAt(base),
  ...picturesAt(`${base}/localizations/{locale}`),
];
