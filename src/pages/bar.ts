import { html } from 'hono/html';
import type { Language } from '#languages/language.ts';
import { type Brand, brandLine, type Markup } from './page.ts';

/** What stands above the pages of a signed-in user: whose they are, where else to go, and the way out. */
export interface Bar {
  readonly brand: Brand;
  readonly language: Language;
  readonly username: string;
  /** The page that this is, of the two. */
  readonly here?: 'myApps' | 'securityInfo';
  readonly signOut: string;
  /** More about the account, behind its name. */
  readonly account?: Markup;
}

const pages = { myApps: '/myapps', securityInfo: '/security-info' } as const;

export function bar({ brand, language, username, here, signOut, account }: Bar): Markup {
  const { say } = language;
  const links = (Object.keys(pages) as (keyof typeof pages)[]).map(
    (name) => html`<a href="${pages[name]}"${name === here ? html` aria-current="page"` : ''}>${say[name]}</a>`,
  );
  const userLine = html`<bdi id="who">${username}</bdi>`;
  return html`<header class="bar">
${brandLine(brand, '')}
<nav aria-label="${say.yourPages}">${links}</nav>
<div class="me">${account ? html`<details class="mine"><summary>${userLine}</summary><div>${account}</div></details>` : userLine}
<a class="sign-out" href="${signOut}">${say.signOut}</a></div>
</header>`;
}
