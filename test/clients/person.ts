import { Browser, type CardInReader, type Page } from '#cli/client/browser.ts';

/** A user with a card at a browser. */
export interface Visitor {
  /** Absent for a user who types nothing: the sign-in ends at the page that asks. */
  readonly username?: string;
  readonly card: CardInReader;
  /** Where the application waits: the sign-in ends before this address is opened. */
  readonly until?: string | undefined;
  /** What the person reads off their device, when a page asks. */
  readonly userCode?: string;
  /** Whether the person continues where a page asks whether to; true when absent. */
  readonly agrees?: boolean;
}

/** Redirects and pages of one sign-in, at most. */
const mostSteps = 25;

/** Where a sign-in ended, and what the browser is to post there when the answer comes as a form. */
export interface End extends Page {
  readonly posts?: Readonly<Record<string, string>>;
}

/** Does what every page asks for: user name, certificate, code of a device. Ends at `until`, or at a page that asks nothing. */
export async function signInAt(
  address: URL,
  visitor: Visitor,
  browser = new Browser(visitor.card, undefined),
): Promise<End> {
  let page = await browser.get(address);
  for (let step = 0; step < mostSteps; step++) {
    const next = page.location === undefined ? undefined : new URL(page.location, page.url);
    if (next && visitor.until !== undefined && next.href.startsWith(visitor.until)) return { ...page, url: next };
    const post = visitor.until === undefined ? undefined : formFor(page, visitor.until);
    if (post) return { ...page, ...post };
    const reply = next ? await browser.get(next) : await answer(browser, page, visitor);
    if (!reply) return page;
    page = reply;
  }
  throw new Error(`no end at ${page.url.href}`);
}

/** The next page, or undefined where this one asks nothing a person knows an answer to. */
async function answer(browser: Browser, page: Page, visitor: Visitor): Promise<Page | undefined> {
  if (page.status >= 400) return undefined;
  const link = /id="use-certificate" href="([^"]*)"/.exec(page.body)?.[1];
  if (link) return browser.get(new URL(unescapeHtml(link), page.url));
  for (const { action, inner } of formsOn(page)) {
    const fields = fill(inner, visitor);
    if (fields) return browser.post(action, fields);
  }
  return undefined;
}

const formsOn = (page: Page) =>
  [...page.body.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)].map(([, action, inner]) => ({
    action: new URL(unescapeHtml(action!), page.url),
    inner: inner!,
  }));

/** OAuth 2.0 Form Post Response Mode: the answer is a form that posts itself. */
function formFor(page: Page, until: string): { url: URL; posts: Record<string, string> } | undefined {
  const match = formsOn(page).find(({ action }) => action.href.startsWith(until));
  return match && { url: match.action, posts: hiddenFields(match.inner) };
}

function hiddenFields(form: string): Record<string, string> {
  const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return Object.fromEntries(hidden.map(([, name, value]) => [name!, unescapeHtml(value!)]));
}

/** What a form is sent with: its hidden fields, the answer to the one it shows, and the button. */
function fill(form: string, { username, userCode, agrees = true }: Visitor): Record<string, string> | undefined {
  const fields = hiddenFields(form);
  if (/id="username"/.test(form)) return username === undefined ? undefined : { ...fields, username };
  if (/id="user_code"/.test(form)) return userCode === undefined ? undefined : { ...fields, user_code: userCode };
  if (/name="confirm"/.test(form)) return agrees ? { ...fields, confirm: 'yes' } : { ...fields, abort: 'yes' };
  return undefined;
}

const entities: Record<string, string> = { '&amp;': '&', '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>' };
const unescapeHtml = (text: string): string => text.replace(/&(?:amp|quot|#39|lt|gt);/g, (entity) => entities[entity]!);
