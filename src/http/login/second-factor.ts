import { randomInt } from 'node:crypto';
import { chooseMethod } from '../../core/access/choose-method.ts';
import type { AuthenticationMethod, Proof } from '../../core/access/proof.ts';
import { type Because, because } from '../../core/trace/reasons.ts';
import type { Interrupted, Verdict } from '../../core/verdict.ts';
import { pageResponse } from '../../pages/page.ts';
import { approvalOf, askApproval } from '../../signin/approvals.ts';
import type { ShownFactor } from '../../signin/check-factor.ts';
import { makeChallenge, parsedResponse, requestOptions } from '../../signin/passkeys.ts';
import { judgeProofs, methodsOf, signInWithFactor } from '../../signin/with-factor.ts';
import type { House } from '../door.ts';
import { type Attending, type C, field, formTargets, provenSoFar, type Step, unproven, visitOf } from './attending.ts';
import { type FactorPage, factorPage, waitingPage } from './second-factor-pages.ts';

/** What the sign-in pages do that factors lead to. */
export interface Onward {
  finish(c: C, attending: Attending, userId: string, proofs: readonly Proof[]): Promise<Response>;
  refuse(attending: Attending, reason: Because): Promise<Response>;
}
export type Kind = ShownFactor['kind'];

/** Factors beside the certificate, first and further. */
export interface FactorSteps {
  /** The page of a factor; of the one that suits best where the address names none. */
  readonly show: Step;
  /** Takes what a form of such a page sent. */
  readonly take: Step;
  /** Takes a password at the first factor; a wrong one is told on the page it came from. */
  takePassword(c: C, attending: Attending, again: (wrong: Because) => Promise<Response>): Promise<Response>;
  /** Goes on with what somebody has just proven elsewhere. */
  proceed(c: C, attending: Attending, userId: string, proofs: readonly Proof[]): Promise<Response>;
}

export function factorSteps(house: House, onward: Onward): FactorSteps {
  const steps: FactorSteps = {
    show: (c, attending) => showFactor(house, onward, c, attending),
    take: (c, attending) => takeFactor(house, onward, c, attending),
    async takePassword(c, attending, again) {
      const shown = { kind: 'password', password: await field(c, 'password') } as const;
      return judgeShown(house, onward, c, attending, shown, again);
    },
    async proceed(c, attending, userId, proofs) {
      const { flow, ports, at } = attending;
      const isSame = flow.userId === userId;
      const now = {
        ...(isSame ? flow : unproven(flow)),
        userId,
        proofs: [...((isSame && flow.proofs) || []), ...proofs],
      };
      await ports.flows.put(now);
      const soFar = await provenSoFar(now, ports);
      const verdict = await judgeProofs({ ...visitOf(c, now), userId, proofs: soFar }, ports, at);
      return follow(house, onward, c, { ...attending, flow: now }, verdict);
    },
  };
  return steps;
}

/** On to the application, to the next factor, or to the refusal. The entries are written. */
async function follow(house: House, onward: Onward, c: C, attending: Attending, verdict: Verdict): Promise<Response> {
  const { flow, base } = attending;
  if (verdict.kind === 'granted') return onward.finish(c, attending, verdict.user.id, flow.proofs ?? []);
  if (verdict.kind === 'refused' && 'fault' in verdict) house.onFault(verdict.fault, flow.correlationId);
  const goesOn = verdict.kind === 'interrupted' && (verdict.ask.methods ?? []).length > 0;
  return goesOn ? c.redirect(`${base}/factor`, 303) : onward.refuse(attending, verdict.because);
}

async function showFactor(house: House, onward: Onward, c: C, attending: Attending): Promise<Response> {
  const { flow, base } = attending;
  const wished = kindOf(c.req.param('kind'));
  if (!flow.username) return c.redirect(base, 303);
  if (flow.userId === undefined) {
    const first = wished === 'temporaryAccessPass' || wished === 'passkey' ? wished : undefined;
    return first ? showKind(house, attending, { kind: first, ways: [] }) : c.redirect(base, 303);
  }
  const verdict = await verdictNow(c, attending, flow.userId);
  if (verdict.kind !== 'interrupted' || !verdict.ask.methods?.length) {
    // Nothing was shown and policy is content: somebody else asked for a sign-in, so let there be one.
    if (verdict.kind === 'granted' && !flow.proofs?.length) return c.redirect(`${base}?other=1`, 303);
    return follow(house, onward, c, attending, verdict);
  }
  const ways = waysIn(verdict);
  const kind = wished && ways.includes(wished) ? wished : ways[0]!;
  if (kind === 'approval' && flow.approval !== undefined && wished) return waitForApproval(house, onward, c, attending);
  return showKind(house, attending, { kind, ways });
}

async function verdictNow(c: C, { flow, ports, at }: Attending, userId: string): Promise<Verdict> {
  return judgeProofs({ ...visitOf(c, flow), userId, proofs: await provenSoFar(flow, ports) }, ports, at);
}

/** A certificate is asked for on its own host. */
export type Way = Kind | 'certificate';

/** What leads on, the one that suits best first (SPA-2). Last another session: that it lives does not say it is at hand. */
function waysIn({ ask }: Interrupted): readonly Way[] {
  const available = (ask.methods ?? []) as readonly AuthenticationMethod[];
  const { preferred, others } = chooseMethod({ available, systemPreferred: 'default', factor: 'second' });
  const all = [preferred, ...others].filter((method) => method !== undefined);
  const ways = [...new Set(all.flatMap((method) => wayOf(method) ?? []))];
  return ways.toSorted((a, b) => Number(a === 'approval') - Number(b === 'approval'));
}

/** The page that shows a method. */
export function wayOf(method: AuthenticationMethod): Way | undefined {
  if (method.startsWith('x509Certificate')) return 'certificate';
  return (Object.keys(methodsOf) as Kind[]).find((kind) => methodsOf[kind].includes(method));
}

const kindOf = (text: string | undefined): Kind | undefined =>
  (Object.keys(methodsOf) as Kind[]).find((kind) => kind === text);

async function showKind(
  house: House,
  attending: Attending,
  shown: { readonly kind: Way; readonly ways: readonly Way[]; readonly wrong?: Because },
): Promise<Response> {
  const { base, flow, interaction, brand, language } = attending;
  const asked: FactorPage = {
    ...shown,
    base,
    brand,
    language,
    username: flow.username ?? '',
    appDisplayName: interaction.appDisplayName,
    isFirst: flow.userId === undefined,
    passkeyOptions: shown.kind === 'passkey' ? await passkeyOptions(house, attending) : undefined,
  };
  const origins = {
    formTargets: formTargets(interaction.redirectUri),
    ...(shown.kind === 'passkey' ? { script: true } : {}),
  };
  return pageResponse(factorPage(asked), shown.wrong ? 400 : 200, origins);
}

/** At the first factor no passkey is named: whose name was typed must not be told by what the browser is asked for. */
async function passkeyOptions(house: House, { ports, flow, at, interaction }: Attending): Promise<string> {
  const made = { purpose: 'signIn', boundTo: interaction.uid, userId: flow.userId } as const;
  const challenge = await makeChallenge(made, ports, at);
  const registered = flow.userId === undefined ? [] : await ports.methods.ofUser(flow.userId);
  const allowed = registered.filter((method) => method.kind === 'fido2');
  return JSON.stringify(requestOptions({ origin: house.loginOrigin, challenge, allowed }));
}

async function takeFactor(house: House, onward: Onward, c: C, attending: Attending): Promise<Response> {
  const { flow, base } = attending;
  const kind = kindOf(c.req.param('kind'));
  if (!flow.username || kind === undefined) return c.redirect(base, 303);
  if (kind === 'approval') return beginApproval(c, attending);
  const shown = await shownIn(c, kind, house, attending);
  return judgeShown(house, onward, c, attending, shown);
}

async function judgeShown(
  house: House,
  onward: Onward,
  c: C,
  attending: Attending,
  shown: ShownFactor,
  again?: (wrong: Because) => Promise<Response>,
): Promise<Response> {
  const { flow, ports, at } = attending;
  const asked = {
    ...visitOf(c, flow),
    proofs: await provenSoFar(flow, ports),
    shown,
    ...(flow.userId === undefined ? {} : { userId: flow.userId }),
  };
  const verdict = await signInWithFactor(asked, ports, at);
  const proof = verdict.kind === 'refused' ? undefined : verdict.proofs.at(-1);
  if (proof && verdict.user) {
    const now: Attending['flow'] = {
      ...(flow.userId === undefined ? unproven(flow) : flow),
      userId: verdict.user.id,
      proofs: [...(flow.userId === undefined ? [] : (flow.proofs ?? [])), proof],
    };
    await ports.flows.put(now);
    return follow(house, onward, c, { ...attending, flow: now }, verdict);
  }
  if ('fault' in verdict) house.onFault(verdict.fault, flow.correlationId);
  // Right, and policy says no: that is a refusal. Wrong: the same page once more.
  const wasRight = verdict.user !== undefined && flow.userId === undefined;
  const reason = verdict.kind === 'granted' ? because('factorNotAsked', { method: shown.kind }) : verdict.because;
  if (wasRight || isAboutAccess(verdict)) return onward.refuse(attending, reason);
  if (again) return again(reason);
  const current = flow.userId === undefined ? undefined : await verdictNow(c, attending, flow.userId);
  const ways = current?.kind === 'interrupted' ? waysIn(current) : [];
  return showKind(house, attending, { kind: shown.kind, ways, wrong: reason });
}

const isAboutAccess = ({ trace }: Verdict) => trace.findings.at(-1)?.step === 'access';

async function shownIn(
  c: C,
  kind: Exclude<Kind, 'approval'>,
  house: House,
  { interaction }: Attending,
): Promise<ShownFactor> {
  switch (kind) {
    case 'password':
      return { kind, password: await field(c, 'password') };
    case 'temporaryAccessPass':
      return { kind, pass: await field(c, 'pass') };
    case 'oneTimeCode':
      return { kind, code: await field(c, 'code') };
    case 'passkey':
      return {
        kind,
        response: parsedResponse(await field(c, 'credential')),
        origin: house.loginOrigin,
        boundTo: interaction.uid,
      };
  }
}

/** MFA-11: asks the person's other sessions, and shows the number to type there. */
async function beginApproval(c: C, attending: Attending): Promise<Response> {
  const { flow, ports, at, base } = attending;
  const visit = visitOf(c, flow);
  const verdict = flow.userId === undefined ? undefined : await verdictNow(c, attending, flow.userId);
  const isAsked = verdict?.kind === 'interrupted' && waysIn(verdict).includes('approval');
  if (flow.userId === undefined || !isAsked) return c.redirect(`${base}/factor`, 303);
  const number = String(randomInt(10, 100));
  const { userId, sessionUid } = flow;
  const approval = await askApproval({ visit, userId, sessionUid, number }, ports, at);
  await ports.flows.put({ ...flow, approval });
  return c.redirect(`${base}/factor/approval`, 303);
}

/** The page asks again every few seconds by itself, without script. */
async function waitForApproval(house: House, onward: Onward, c: C, attending: Attending): Promise<Response> {
  const { flow, ports, at, base, brand, language, interaction } = attending;
  const ticket = await approvalOf(flow.approval ?? '', ports, at);
  if (ticket?.state === 'open') {
    const { appDisplayName } = interaction;
    const username = flow.username ?? '';
    const markup = waitingPage({
      base,
      brand,
      language,
      appDisplayName,
      username,
      number: ticket.document.number ?? '',
    });
    const response = await pageResponse(markup, 200, { formTargets: formTargets(interaction.redirectUri) });
    response.headers.set('refresh', '3');
    return response;
  }
  const { approval = '', ...rest } = flow;
  await ports.flows.put(rest);
  return judgeShown(house, onward, c, { ...attending, flow: rest }, { kind: 'approval', ticket: approval });
}
