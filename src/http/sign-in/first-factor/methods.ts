import { html } from 'hono/html';
import { type MethodId, methodState } from '#core/access/methods/method-state.ts';
import type { Realm } from '#core/binding/realm.ts';
import { type Markup, page } from '#pages/page.ts';
import { methodsOfKnown } from '#signin/factors/first-method.ts';
import { chooseRealm } from '#signin/user/realm.ts';
import { mayNameUser } from '../certificate.ts';
import { type C, commonOf, type SignInPageContext, show, signInRequestOf, unproven } from '../page-context.ts';
import { type Common, icons, methodList, type OfferedMethod, purpose } from '../pages.ts';
import { type Way, wayOf } from '../second-factor/second-factor-ways.ts';

/** The ways that can be the first factor. */
type FirstWay = Extract<Way, 'certificate' | 'passkey' | 'password' | 'temporaryAccessPass'>;

function offersOf({ base, language: { say } }: SignInPageContext): Readonly<Record<FirstWay, OfferedMethod>> {
  const { card, key } = icons;
  return {
    certificate: {
      ...{ id: 'use-certificate', href: `${base}/certificate`, icon: card },
      ...{ label: say.useCertificate, hint: say.certificateHint },
    },
    passkey: {
      ...{ id: 'use-passkey', href: `${base}/factor/passkey`, icon: key },
      ...{ label: say.usePasskey, hint: say.passkeyHint },
    },
    password: { id: 'use-password', href: `${base}?other=1`, label: say.usePassword, icon: key },
    temporaryAccessPass: {
      ...{ id: 'use-pass', href: `${base}/factor/temporaryAccessPass`, label: say.usePass, icon: key },
    },
  };
}

/** Which first factors the tenant has, in the order of a browser that does not know the person. */
async function waysOf({ ports }: SignInPageContext, realm: Pick<Realm, 'certificates' | 'passwords'>) {
  const { x509, methods } = await ports.policies.current();
  const isEnabled = (id: MethodId) => methodState(id, methods).state === 'enabled';
  const ways: readonly (readonly [FirstWay, boolean])[] = [
    ['certificate', x509.state === 'enabled' && realm.certificates],
    ['passkey', realm.passwords && isEnabled('Fido2')],
    ['password', realm.passwords],
    ['temporaryAccessPass', realm.passwords && isEnabled('TemporaryAccessPass')],
  ];
  return ways.flatMap(([way, isOffered]) => (isOffered ? [way] : []));
}

/**
 * PAGE-5: every way there is. A certificate stays listed after it failed, and what is listed depends on the tenant and
 * the domain alone: who exists is not told (FLOW-3). In a browser that knows the person, what the person has comes first.
 */
async function offeredMethods(c: C, signIn: SignInPageContext): Promise<readonly OfferedMethod[]> {
  const { ports, flow, interaction } = signIn;
  const hint = { domainHint: interaction.domainHint !== undefined };
  const choice = await chooseRealm(flow.username ?? '', ports, hint);
  if (choice.outcome !== 'passed' || choice.value.kind === 'elsewhere') return [];
  const { realm } = choice.value;
  const ways = await waysOf(signIn, realm);
  const registeredWays = (await methodsOfKnown(signInRequestOf(c, flow), realm, signIn)).flatMap(
    (method) => wayOf(method) ?? [],
  );
  const offers = offersOf(signIn);
  return [...new Set([...registeredWays, ...ways])]
    .flatMap((way) => ways.filter((item) => item === way))
    .map((way) => offers[way]);
}

/** Ways that need no name: a passkey knows its user, and a certificate does where the tenant lets it name the user. */
export async function namelessMethods(signIn: SignInPageContext): Promise<readonly OfferedMethod[]> {
  const ways = await waysOf(signIn, { certificates: true, passwords: true });
  const { x509 } = await signIn.ports.policies.current();
  const offers = offersOf(signIn);
  const nameless = ways.filter((way) => way === 'passkey' || (way === 'certificate' && mayNameUser(x509)));
  return nameless.map((way) => ({ ...offers[way], href: `${signIn.base}/nameless/${way}` }));
}

/** Forgets the name that was typed before, and continues with what needs none. */
export async function goOnNameless(c: C, signIn: SignInPageContext): Promise<Response> {
  const way = (await namelessMethods(signIn)).find(({ href }) => href.endsWith(`/${c.req.param('way')}`));
  if (!way) return c.redirect(signIn.base, 303);
  await signIn.ports.flows.put({ ...unproven(signIn.flow), username: undefined });
  const { base } = signIn;
  return c.redirect(c.req.param('way') === 'certificate' ? `${base}/certificate` : `${base}/factor/passkey`, 303);
}

export async function showMethods(c: C, signIn: SignInPageContext): Promise<Response> {
  if (!signIn.flow.username) return c.redirect(signIn.base, 303);
  const { base, flow } = signIn;
  const methods = await offeredMethods(c, signIn);
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
${methodList(methods)}
<div class="actions"><a class="button quiet" href="${base}?change=username">${say.useAnotherAccount}</a></div>`,
  );
}
