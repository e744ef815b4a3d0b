import { html } from 'hono/html';
import { type Markup, page } from '#pages/page.ts';
import { chooseRealm } from '#signin/realm.ts';
import { type Common, icons, purpose } from './pages.ts';
import { type C, commonOf, type SignInContext, show } from './sign-in-context.ts';

/** One way to sign in, as the page offers it. */
export interface OfferedMethod {
  readonly id: string;
  readonly href: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon: Markup;
}

/**
 * PAGE-5: every way there is. A certificate stays listed after it failed, and what is listed depends on the tenant and
 * the domain alone: who exists is not told (FLOW-3).
 */
export async function offeredMethods(signIn: SignInContext): Promise<readonly OfferedMethod[]> {
  const { base, ports, flow, interaction, language } = signIn;
  const { say } = language;
  const { x509 } = await ports.policies.current();
  const hint = { domainHint: interaction.domainHint !== undefined };
  const choice = await chooseRealm(flow.username ?? '', ports, hint);
  const realm = choice.outcome === 'passed' && choice.value.kind !== 'elsewhere' ? choice.value.realm : undefined;
  const certificate: OfferedMethod = {
    id: 'use-certificate',
    href: `${base}/certificate`,
    label: say.useCertificate,
    hint: say.certificateHint,
    icon: icons.card,
  };
  const password: OfferedMethod = {
    id: 'use-password',
    href: `${base}?other=1`,
    label: say.usePassword,
    icon: icons.key,
  };
  const passkey: OfferedMethod = {
    id: 'use-passkey',
    href: `${base}/factor/passkey`,
    label: say.usePasskey,
    hint: say.passkeyHint,
    icon: icons.key,
  };
  const pass: OfferedMethod = {
    id: 'use-pass',
    href: `${base}/factor/temporaryAccessPass`,
    label: say.usePass,
    icon: icons.key,
  };
  return [
    ...(x509.state === 'enabled' && realm?.certificates ? [certificate] : []),
    ...(realm?.passwords ? [passkey, password, pass] : []),
  ];
}

export async function showMethods(c: C, signIn: SignInContext): Promise<Response> {
  if (!signIn.flow.username) return c.redirect(signIn.base, 303);
  const { base, flow } = signIn;
  const methods = await offeredMethods(signIn);
  return show(methodsPage({ ...commonOf(signIn), base, username: flow.username!, methods }), signIn);
}

function methodsPage(
  common: Common & { readonly base: string; readonly username: string; readonly methods: readonly OfferedMethod[] },
): Markup {
  const { brand, language, methods, base, username } = common;
  const { say } = language;
  return page(
    { title: say.chooseAWay, brand, language },
    html`<p class="who"><bdi>${username}</bdi></p>
<h1>${say.chooseAWay}</h1>
${purpose(common)}
<ul class="methods">
${methods.map(
  ({ id, href, label, hint, icon }) =>
    html`<li><a class="method" id="${id}" href="${href}">${icon}<span>${label}${hint ? html`<small>${hint}</small>` : ''}</span></a></li>`,
)}
</ul>
<div class="actions"><a class="button quiet" href="${base}?change=username">${say.useAnotherAccount}</a></div>`,
  );
}
