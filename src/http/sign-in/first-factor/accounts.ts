import { html } from 'hono/html';
import { type Markup, page } from '#pages/page.ts';
import { chooseTenant } from '#signin/user/realm.ts';
import { fieldsOfForm } from '../../forms/reader.ts';
import { usernameForm } from '../../forms/sign-in.ts';
import { sendOn } from '../../provider-answer.ts';
import type { ServerContext } from '../../server-context.ts';
import { type C, commonOf, hintedName, type SignInPageContext, show, unproven } from '../page-context.ts';
import { type Common, purpose, usernamePage } from '../pages.ts';
import { forgetAccount, rememberedAccounts, without } from './remembered-accounts.ts';

/** An account to choose. */
interface Account {
  readonly username: string;
  readonly isSignedIn: boolean;
  /** Whether it stands in the browser's list, from which it can be forgotten. */
  readonly isRemembered: boolean;
}

/** Where the forms and links of the page lead. */
interface AccountsPage extends Common {
  readonly accounts: readonly Account[];
  readonly choose: string;
  readonly forget: string;
  readonly another: string;
}

/** Pick an account: each is a button, so that it works without script. */
export function accountsPage(accountsPage: AccountsPage): Markup {
  const { brand, language, accounts } = accountsPage;
  const { say } = language;
  const rows = accounts.map(
    ({ username, isSignedIn, isRemembered }) => html`<li>
<button class="account" name="username" value="${username}"><bdi>${username}</bdi>${isSignedIn ? html`<small>${say.signedIn}</small>` : ''}</button>
${isRemembered ? html`<button class="forget" formaction="${accountsPage.forget}" name="username" value="${username}" title="${say.forgetAccount(username)}" aria-label="${say.forgetAccount(username)}">✕</button>` : ''}
</li>`,
  );
  return page(
    { title: say.pickAccount, brand, language },
    html`<h1>${say.pickAccount}</h1>
${purpose(accountsPage)}
<form method="post" action="${accountsPage.choose}">
<ul class="accounts">${rows}</ul>
</form>
<a class="method" id="another-account" href="${accountsPage.another}"><span>${say.useAnotherAccount}</span></a>`,
  );
}

/** The accounts of a sign-in that is to choose one; undefined where there is nothing to choose from or one was chosen. */
export async function accountsToChoose(c: C, signIn: SignInPageContext): Promise<readonly Account[] | undefined> {
  const { interaction, flow, ports } = signIn;
  if (interaction.prompt !== 'select_account' || flow.username) return undefined;
  const signedIn = interaction.session?.userId
    ? (await ports.directory.user(interaction.session?.userId))?.userPrincipalName
    : undefined;
  const rememberedNames = rememberedAccounts(c.req.header('cookie'));
  const first = [signedIn, hintedName(interaction)].filter((item) => item !== undefined);
  const names = first.reduceRight<readonly string[]>((rest, item) => [item, ...without(rest, item)], rememberedNames);
  const accounts = names.map((username) => ({
    username,
    isSignedIn: username === signedIn,
    isRemembered: without(rememberedNames, username).length < rememberedNames.length,
  }));
  return accounts.length > 0 ? accounts : undefined;
}

export function showAccounts(signIn: SignInPageContext, accounts: readonly Account[]): Promise<Response> {
  const { base } = signIn;
  const links = { choose: `${base}/account`, forget: `${base}/forget`, another: `${base}?change=username` };
  return show(accountsPage({ ...commonOf(signIn), ...links, accounts }), signIn);
}

/** An account was chosen: the one that is signed in continues at once, another one shows who it is. */
export async function takeAccount(context: ServerContext, c: C, signIn: SignInPageContext): Promise<Response> {
  const { interaction, ports, base, flow } = signIn;
  const { username: choice } = await fieldsOfForm(c, usernameForm);
  const signedIn = interaction.session && (await ports.directory.user(interaction.session.userId));
  if (signedIn && signedIn.userPrincipalName.toLowerCase() === choice.toLowerCase()) {
    return sendOn(context, c, await context.interactions.stay(c.env.incoming, c.env.outgoing));
  }
  const ruling = await chooseTenant(choice, context.tenants, ports.tenant);
  if (ruling.outcome !== 'passed') {
    const { because } = ruling;
    const page = usernamePage({ ...commonOf(signIn, because), action: `${base}/username`, username: choice });
    return show(page, signIn, because);
  }
  await ports.flows.put({ ...unproven(flow), username: ruling.value.username });
  return c.redirect(base, 303);
}

/** Removes a name from the browser's list and shows the others. */
export async function forget(c: C, back: string): Promise<Response> {
  const { username } = await fieldsOfForm(c, usernameForm);
  c.header('set-cookie', forgetAccount(c.req.header('cookie'), username));
  return c.redirect(back, 303);
}
