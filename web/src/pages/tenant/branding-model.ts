/** A branding as Graph answers it; `id` is `0` for the default one, else a language tag. */
export interface Branding {
  readonly id: string;
  readonly backgroundColor: string | null;
  readonly signInPageText: string | null;
  readonly usernameHintText: string | null;
  readonly bannerLogoRelativeUrl: string | null;
  readonly squareLogoRelativeUrl: string | null;
  readonly backgroundImageRelativeUrl: string | null;
  readonly faviconRelativeUrl: string | null;
  readonly '@cardea': {
    readonly displayName: string | null;
    readonly accentColor: string | null;
    readonly asksToStaySignedIn: boolean;
  };
}

/** What the form edits: empty texts stand for what is not set. */
export interface BrandingDraft {
  readonly displayName: string;
  readonly signInPageText: string;
  readonly usernameHintText: string;
  readonly backgroundColor: string;
  readonly accentColor: string;
  readonly asksToStaySignedIn: boolean;
}

export const draftOf = (branding: Branding): BrandingDraft => ({
  displayName: branding['@cardea'].displayName ?? '',
  signInPageText: branding.signInPageText ?? '',
  usernameHintText: branding.usernameHintText ?? '',
  backgroundColor: branding.backgroundColor ?? '',
  accentColor: branding['@cardea'].accentColor ?? '',
  asksToStaySignedIn: branding['@cardea'].asksToStaySignedIn,
});

/** The body of a PATCH: what changed, with null for what is taken away. */
export function patchOf({ displayName, accentColor, asksToStaySignedIn, ...texts }: Partial<BrandingDraft>) {
  const cleared = (value: string | boolean) => (value === '' ? null : value);
  const entries = (values: object) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, cleared(value)]])),
    );
  const more = entries({ displayName, accentColor, asksToStaySignedIn });
  return { ...entries(texts), ...(Object.keys(more).length > 0 ? { '@cardea': more } : {}) };
}

export const languageName = (tag: string): string => {
  if (tag === '0') return 'Default';
  const name = new Intl.DisplayNames(['en'], { type: 'language' }).of(tag);
  return name && name !== tag ? `${name} (${tag})` : tag;
};
