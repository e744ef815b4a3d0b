import type { Hono } from 'hono';
import type { Because } from '#core/trace/reasons.ts';
import { pageResponse } from '#pages/page.ts';
import { formIn } from '#signin/read-form.ts';
import { chooseTenant, tenantAliases } from '#signin/user/realm.ts';
import { brandOfInstallation } from '../../branding.ts';
import { fieldsOfForm, queryOf } from '../../forms/reader.ts';
import { firstPageQuery, usernameForm } from '../../forms/sign-in.ts';
import { type Env, languageOf, type ServerContext } from '../../server-context.ts';
import { type C, formTargets } from '../page-context.ts';
import { usernamePage } from '../pages.ts';
import { accountsPage, forget } from './accounts.ts';
import { rememberedAccounts } from './remembered-accounts.ts';

/** `/common` and `/organizations`: the tenant is not known before the user name is. */
export function firstPages(context: ServerContext, app: Hono<Env>): void {
  for (const alias of tenantAliases) {
    const path = `/${alias}/login`;
    app.get(path, (c) => showFirstPage(context, c, path));
    app.post(path, (c) => findTenant(context, c, path));
    app.post(`${path}/forget`, (c) => forget(c, `${path}${searchOf(c)}`));
  }
}

const searchOf = (c: C): string => new URL(c.req.url).search;

async function showFirstPage(
  context: ServerContext,
  c: C,
  path: string,
  input?: { readonly username: string; readonly wrong: Because },
): Promise<Response> {
  const { username = '', wrong } = input ?? {};
  const search = searchOf(c);
  const origins = { formTargets: formTargets(queryOf(c, firstPageQuery).redirect_uri) };
  const common = {
    brand: await brandOfInstallation(context, languageOf(c).tag),
    language: languageOf(c),
    appDisplayName: undefined,
    wrong,
  };
  const rememberedNames = rememberedAccounts(c.req.header('cookie'));
  if (wantsToChoose(c) && !wrong && rememberedNames.length > 0) {
    const accounts = rememberedNames.map((item) => ({ username: item, isSignedIn: false, isRemembered: true }));
    const links = { choose: `${path}${search}`, forget: `${path}/forget${search}` };
    const another = `${path}?${formIn(firstPageQuery, search).with({ change: 'username' })}`;
    return pageResponse(accountsPage({ ...common, ...links, another, accounts }), 200, origins);
  }
  return pageResponse(usernamePage({ ...common, action: `${path}${search}`, username }), wrong ? 400 : 200, origins);
}

function wantsToChoose(c: C): boolean {
  const { prompt, change } = queryOf(c, firstPageQuery);
  return prompt.split(' ').includes('select_account') && change !== 'username';
}

/** The tenant of the name that was typed or chosen, whose authorize page continues; the account is chosen then. */
async function findTenant(context: ServerContext, c: C, path: string): Promise<Response> {
  const typedText = (await fieldsOfForm(c, usernameForm)).username;
  const ruling = await chooseTenant(typedText, context.tenants, undefined);
  if (ruling.outcome !== 'passed') {
    return showFirstPage(context, c, path, { username: typedText, wrong: ruling.because });
  }
  const request = formIn(firstPageQuery, searchOf(c));
  const prompts = request.fields.prompt.split(' ').filter((prompt) => prompt !== 'select_account');
  const query = request.with({
    login_hint: ruling.value.username,
    cardea_alias: path.split('/')[1] ?? '', // the metadata that the client read names no issuer
    change: undefined,
    prompt: prompts.join('') === '' ? undefined : prompts.join(' '),
  });
  return c.redirect(`/${ruling.value.tenant.id}/oauth2/v2.0/authorize?${query}`, 303);
}
