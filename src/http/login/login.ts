import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { Proof } from '../../core/access/proof.ts';
import type { Realm } from '../../core/binding/realm.ts';
import { type Because, because as reason } from '../../core/trace/reasons.ts';
import type { Language } from '../../languages/language.ts';
import { type Brand, houseBrand, pageResponse } from '../../pages/page.ts';
import { refusedResponse } from '../../pages/refused.ts';
import type { Flow, Ports } from '../../ports.ts';
import type { Visit } from '../../signin/asked.ts';
import { noteCertificateRequested } from '../../signin/certificate-requested.ts';
import { takeOver } from '../../signin/handoff.ts';
import { type ChosenRealm, chooseRealm, chooseTenant } from '../../signin/realm.ts';
import { readUsername } from '../../signin/username.ts';
import { signInWithPassword } from '../../signin/with-password.ts';
import { brandOf } from '../branding.ts';
import { type Env, type House, type Interaction, languageOf, remoteAddress } from '../door.ts';
import { signInAddress } from './identity-provider.ts';
import { elsewherePage, passwordPage, usernamePage } from './pages.ts';

/** As long as the provider's interaction lives. */
const flowLifetimeMilliseconds = 15 * 60_000;

/** A visit to the sign-in pages by the browser that began it: its cookie was checked, its tenant is known. */
interface Attending {
  readonly interaction: Interaction;
  readonly ports: Ports;
  readonly flow: Flow;
  readonly at: Date;
  /** `/login/{uid}` */
  readonly base: string;
  readonly language: Language;
  readonly brand: Brand;
}

type C = Context<Env>;
type Step = (c: C, attending: Attending) => Promise<Response>;

/** The sign-in pages of the login host (FLOW-2, FLOW-3, FLOW-5, FLOW-11). */
export function loginPages(house: House): Hono<Env> {
  const app = new Hono<Env>();
  const sameOrigin = sameOriginOnly(house);
  const attended = (step: Step) => (c: C) => attend(house, c, step);
  app.get(
    '/login/:uid',
    attended((c, at) => showPage(house, c, at)),
  );
  app.post(
    '/login/:uid/username',
    sameOrigin,
    attended((c, at) => takeUsername(house, c, at)),
  );
  app.post(
    '/login/:uid/password',
    sameOrigin,
    attended((c, at) => takePassword(house, c, at)),
  );
  app.get(
    '/login/:uid/certificate',
    attended((c, at) => askForCertificate(house, c, at)),
  );
  app.get(
    '/login/:uid/complete',
    attended((c, at) => complete(house, c, at)),
  );
  for (const alias of ['common', 'organizations']) {
    app.get(`/${alias}/login`, (c) => showFirstPage(c, alias));
    app.post(`/${alias}/login`, sameOrigin, (c) => findTenant(house, c, alias));
  }
  return app;
}

/** A form of another site may not post here. Browsers say where a form stood; what says nothing carries no cookie to misuse. */
const sameOriginOnly =
  (house: House) =>
  async (c: C, next: () => Promise<void>): Promise<Response | undefined> => {
    const site = c.req.header('sec-fetch-site');
    if (site === undefined || site === 'same-origin' || site === 'none') return void (await next());
    return refuse(house, c, reason('browserForeign', { interaction: c.req.param('uid') ?? '' }), { status: 403 });
  };

async function attend(house: House, c: C, step: Step): Promise<Response> {
  const interaction = await house.interactions.find(c.env.incoming, c.env.outgoing);
  if (!interaction)
    return refuse(house, c, reason('browserForeign', { interaction: c.req.param('uid') ?? '' }), { status: 400 });
  const ports = await house.portsOf(interaction.tenantId);
  const at = ports.clock.now();
  const flow = (await ports.flows.findByInteraction(interaction.uid, at)) ?? (await beginFlow(interaction, ports, at));
  const base = `/login/${interaction.uid}`;
  const language = languageOf(c, interaction.languages);
  return step(c, { interaction, ports, flow, at, base, language, brand: await brandOf(ports) });
}

async function beginFlow(interaction: Interaction, ports: Ports, at: Date): Promise<Flow> {
  const hint = interaction.loginHint ? readUsername(interaction.loginHint) : undefined;
  const flow: Flow = {
    id: randomBytes(24).toString('base64url'),
    interactionUid: interaction.uid,
    correlationId: interaction.correlationId,
    appId: interaction.appId,
    appDisplayName: interaction.appDisplayName,
    resourceId: interaction.resourceId,
    username: hint?.outcome === 'passed' ? hint.value.username : undefined,
    expires: new Date(at.getTime() + flowLifetimeMilliseconds),
  };
  await ports.flows.put(flow);
  return flow;
}

async function showPage(house: House, c: C, attending: Attending): Promise<Response> {
  const { flow, interaction } = attending;
  const changing = c.req.query('change') === 'username';
  if (!flow.username || changing) return showUsername(attending, flow.username ?? '', interaction.reason);
  const chosen = await chooseRealm(flow.username, attending.ports, {
    domainHint: interaction.domainHint !== undefined,
  });
  if (chosen.outcome !== 'passed') return showUsername(attending, flow.username, chosen.because);
  if (chosen.value.kind === 'elsewhere') return sendElsewhere(attending, chosen.value);
  const { realm } = chosen.value;
  const goesOn = !c.req.query('other') && !interaction.reason;
  if (goesOn && realm.certificates && (!realm.passwords || (await prefersCertificate(attending)))) {
    return askForCertificate(house, c, attending);
  }
  return showPassword(attending, interaction.reason, realm);
}

/** REALM-1: to the identity provider of the name's domain; by a page, because a form's answer may not lead there. */
function sendElsewhere(
  { interaction, flow, at, brand, language }: Attending,
  { provider }: Extract<ChosenRealm, { kind: 'elsewhere' }>,
): Promise<Response> {
  const journey = { username: flow.username!, correlationId: flow.correlationId, context: interaction.uid, at };
  return pageResponse(elsewherePage({ brand, language, address: signInAddress(provider, journey) }));
}

const showUsername = ({ base, interaction, brand, language }: Attending, username: string, wrong?: Because) =>
  pageResponse(
    usernamePage({
      action: `${base}/username`,
      username,
      brand,
      language,
      appDisplayName: interaction.appDisplayName,
      wrong,
    }),
    wrong ? 400 : 200,
    { formTargets: targets(interaction) },
  );

async function showPassword(
  { base, ports, interaction, flow, brand, language }: Attending,
  wrong?: Because,
  realm: Pick<Realm, 'certificates'> = { certificates: true },
): Promise<Response> {
  const { x509 } = await ports.policies.current();
  const markup = passwordPage({
    base,
    username: flow.username ?? '',
    brand,
    language,
    appDisplayName: interaction.appDisplayName,
    offersCertificate: x509.state === 'enabled' && realm.certificates, // FLOW-3: to everybody, in scope or not
    wrong,
  });
  return pageResponse(markup, wrong ? 400 : 200, { formTargets: targets(interaction) });
}

/** Where forms of this visit may lead in the end: browsers apply form-action to the redirects that follow, too. */
function targets(interaction: Interaction): string[] {
  return URL.canParse(interaction.redirectUri) ? [new URL(interaction.redirectUri).origin] : [];
}

/** MRU-1: who last finished with a certificate goes straight to it. */
async function prefersCertificate({ ports, flow }: Attending): Promise<boolean> {
  const { x509 } = await ports.policies.current();
  if (x509.state !== 'enabled') return false;
  const [answer] = await ports.directory.answer([{ property: 'userPrincipalName', value: flow.username! }]);
  const user = answer?.users[0];
  const last = user && (await ports.directory.lastMethod(user.id));
  return last === 'x509CertificateMultiFactor' || last === 'x509CertificateSingleFactor';
}

async function takeUsername(house: House, c: C, attending: Attending): Promise<Response> {
  const typed = await field(c, 'username');
  const ruling = await chooseTenant(typed, house.tenants, attending.ports.tenant);
  if (ruling.outcome !== 'passed') return showUsername(attending, typed, ruling.because);
  await attending.ports.flows.put({ ...attending.flow, username: ruling.value.username });
  return c.redirect(attending.base, 303);
}

async function takePassword(house: House, c: C, attending: Attending): Promise<Response> {
  const { ports, flow, at } = attending;
  if (!flow.username) return c.redirect(attending.base, 303);
  const verdict = await signInWithPassword({ ...visitOf(c, flow), password: await field(c, 'password') }, ports, at);
  if (verdict.kind === 'refused' && 'fault' in verdict) house.onFault(verdict.fault, flow.correlationId);
  if (verdict.kind !== 'granted') return showPassword(attending, verdict.because);
  return finish(house, c, attending, verdict.user.id, verdict.proofs);
}

async function askForCertificate(house: House, c: C, attending: Attending): Promise<Response> {
  const { flow, ports, at, base, interaction, language } = attending;
  if (!flow.username) return c.redirect(base, 303);
  const { x509 } = await ports.policies.current();
  const origin = house.certauthOrigin({
    tenantId: ports.tenant.id,
    hinted: x509.issuerHintsConfiguration.state === 'enabled',
    fresh: c.req.query('another') !== undefined,
  });
  await noteCertificateRequested({ ...visitOf(c, flow), host: new URL(origin).host }, ports, at);
  const tongue = interaction.languages ? `?mkt=${language.tag}` : '';
  return c.redirect(`${origin}/${ports.tenant.id}/certauth/${flow.id}${tongue}`, 303);
}

/** The way back from the certauth host: this browser's cookie *and* a handoff for this interaction, or nothing. */
async function complete(house: House, c: C, attending: Attending): Promise<Response> {
  const { ports, interaction, at, flow } = attending;
  const taken = await takeOver(ports.handoffs, c.req.query('handoff') ?? '', interaction.uid, at);
  if ('outcome' in taken) {
    return refuse(house, c, taken.because, {
      status: 400,
      correlationId: flow.correlationId,
      otherWays: `${attending.base}?other=1`,
    });
  }
  return finish(house, c, attending, taken.userId, taken.proofs);
}

async function finish(
  house: House,
  c: C,
  { ports, interaction }: Attending,
  userId: string,
  proofs: readonly Proof[],
): Promise<Response> {
  const method = proofs.at(-1)?.method;
  if (method) await ports.directory.rememberMethod(userId, method);
  const next = await house.interactions.finish(c.env.incoming, c.env.outgoing, { userId, proofs });
  c.header(
    'set-cookie',
    `__Host-cardea-tenant=${interaction.tenantId}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000`,
    { append: true },
  );
  return c.redirect(next, 303);
}

function visitOf(c: C, flow: Flow): Visit {
  return {
    correlationId: flow.correlationId,
    application: { appId: flow.appId, displayName: flow.appDisplayName },
    resourceId: flow.resourceId,
    ipAddress: remoteAddress(c.env.incoming),
    userAgent: c.req.header('user-agent') ?? '',
    username: flow.username ?? '',
  };
}

/** `/common`: the tenant is not known before the user name is. */
async function showFirstPage(c: C, alias: string, username = '', wrong?: Because): Promise<Response> {
  const { search } = new URL(c.req.url);
  const markup = usernamePage({
    action: `/${alias}/login${search}`,
    username,
    brand: houseBrand,
    language: languageOf(c),
    appDisplayName: undefined,
    wrong,
  });
  return pageResponse(markup, wrong ? 400 : 200);
}

async function findTenant(house: House, c: C, alias: string): Promise<Response> {
  const typed = await field(c, 'username');
  const ruling = await chooseTenant(typed, house.tenants, undefined);
  if (ruling.outcome !== 'passed') return showFirstPage(c, alias, typed, ruling.because);
  const query = new URLSearchParams(new URL(c.req.url).search);
  query.set('login_hint', ruling.value.username);
  return c.redirect(`/${ruling.value.tenant.id}/oauth2/v2.0/authorize?${query}`, 303);
}

/** A form field as text; a missing one is empty, a file is not text. */
async function field(c: C, name: string): Promise<string> {
  const value = (await c.req.parseBody())[name];
  return typeof value === 'string' ? value : '';
}

function refuse(
  house: House,
  c: C,
  because: Because,
  { status, correlationId, otherWays }: { status: number; correlationId?: string; otherWays?: string },
): Promise<Response> {
  const id = correlationId ?? c.req.header('client-request-id') ?? crypto.randomUUID();
  const waysOut = otherWays ? { waysOut: { otherWays } } : {};
  const about = { because, correlationId: id, at: house.clock.now(), brand: houseBrand, language: languageOf(c) };
  return refusedResponse({ ...about, ...waysOut }, status);
}
