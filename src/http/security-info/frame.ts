import type { Because } from '#core/trace/reasons.ts';
import type { Language } from '#languages/language.ts';
import { bar } from '#pages/bar.ts';
import { type Brand, type Frame, type Markup, page } from '#pages/page.ts';
import { titleWith } from '#pages/problem.ts';

/** What every page of My security info says. */
export interface Common {
  readonly brand: Brand;
  readonly language: Language;
  readonly username: string;
  readonly tenantId: string;
  readonly wrong?: Because | undefined;
}

/** A page of My security info: below the bar with the ways to other pages and out. */
export function accountPage(
  { brand, language, username, tenantId, wrong, title, ...rest }: Common & Pick<Frame, 'title' | 'wide' | 'script'>,
  body: Markup,
): Markup {
  const signOut = `/${tenantId}/oauth2/v2.0/logout`;
  const top = bar({ brand, language, username, here: 'securityInfo', signOut });
  return page({ ...rest, title: titleWith(wrong, language, title), brand, language, bar: top }, body);
}
