import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { type Because, because as reason } from '../../core/trace/reasons.ts';
import type { Language } from '../../languages/language.ts';
import { type Brand, houseBrand, type Markup, pageResponse } from '../../pages/page.ts';
import { refusedResponse } from '../../pages/refused.ts';
import type { Flow, Ports } from '../../ports.ts';
import type { Visit } from '../../signin/asked.ts';
import { readUsername } from '../../signin/username.ts';
import { brandOf } from '../branding.ts';
import { type Env, type House, type Interaction, languageOf, remoteAddress } from '../door.ts';

/** As long as the provider's interaction lives. */
const flowLifetimeMilliseconds = 15 * 60_000;

/** A visit to the sign-in pages by the browser that began it: its cookie was checked, its tenant is known. */
export interface Attending {
  readonly interaction: Interaction;
  readonly ports: Ports;
  readonly flow: Flow;
  readonly at: Date;
  /** `/login/{uid}` */
  readonly base: string;
  readonly language: Language;
  readonly brand: Brand;
}

export type C = Context<Env>;
/** One page or form of a visit. */
export type Step = (c: C, attending: Attending) => Promise<Response>;

/** A form of another site may not post here. Browsers say where a form stood; what says nothing carries no cookie to misuse. */
export const sameOriginOnly =
  (house: House) =>
  async (c: C, next: () => Promise<void>): Promise<Response | undefined> => {
    const site = c.req.header('sec-fetch-site');
    if (site === undefined || site === 'same-origin' || site === 'none') return void (await next());
    return refuse(house, c, reason('browserForeign', { interaction: c.req.param('uid') ?? '' }), { status: 403 });
  };

/** Does the step for the browser that began the visit, and for no other. */
export async function attend(house: House, c: C, step: Step): Promise<Response> {
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
  // Whoever is to choose an account has not chosen yet: then a hint is one of the accounts to choose from.
  const hint = interaction.prompt === 'select_account' ? undefined : hintedName(interaction);
  const flow: Flow = {
    id: randomBytes(24).toString('base64url'),
    interactionUid: interaction.uid,
    correlationId: interaction.correlationId,
    appId: interaction.appId,
    appDisplayName: interaction.appDisplayName,
    resourceId: interaction.resourceId,
    username: hint,
    expires: new Date(at.getTime() + flowLifetimeMilliseconds),
  };
  await ports.flows.put(flow);
  return flow;
}

/** The user name that the application says its person has, if it is one. */
export function hintedName({ loginHint }: Interaction): string | undefined {
  const hint = loginHint ? readUsername(loginHint) : undefined;
  return hint?.outcome === 'passed' ? hint.value.username : undefined;
}

/** What every page of a visit says. */
export function commonOf({ brand, language, interaction }: Attending, wrong?: Because) {
  return { brand, language, appDisplayName: interaction.appDisplayName, wrong };
}

/** A page of a visit as an answer. Its forms may lead on to the application. */
export function show(markup: Markup, { interaction }: Attending, wrong?: Because): Promise<Response> {
  return pageResponse(markup, wrong ? 400 : 200, { formTargets: formTargets(interaction.redirectUri) });
}

/**
 * Where forms may lead in the end: browsers apply form-action to the redirects that follow, too. Nobody may have checked
 * the address yet, so only a plain origin gets into a policy.
 */
export function formTargets(redirectUri: string): string[] {
  const origin = URL.canParse(redirectUri) ? new URL(redirectUri).origin : '';
  return /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? [origin] : [];
}

export function visitOf(c: C, flow: Flow): Visit {
  return {
    correlationId: flow.correlationId,
    application: { appId: flow.appId, displayName: flow.appDisplayName },
    resourceId: flow.resourceId,
    ipAddress: remoteAddress(c.env.incoming),
    userAgent: c.req.header('user-agent') ?? '',
    username: flow.username ?? '',
  };
}

/** A form field as text; a missing one is empty, a file is not text. */
export async function field(c: C, name: string): Promise<string> {
  const value = (await c.req.parseBody())[name];
  return typeof value === 'string' ? value : '';
}

export function refuse(
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
