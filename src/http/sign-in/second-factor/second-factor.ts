import type { Proof } from '#core/access/proof.ts';
import { preferenceKind, preferredMethods, type SignInPreferences } from '#core/factors/sign-in-preferences.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Verdict } from '#core/verdict.ts';
import { pageResponse } from '#pages/page.ts';
import { approvalOf } from '#signin/factors/approvals.ts';
import type { PresentedFactor } from '#signin/factors/check-factor.ts';
import { makeChallenge, parsedResponse, requestOptions } from '#signin/factors/passkeys.ts';
import { fieldsOfForm } from '../../forms/reader.ts';
import { accessPassForm, oneTimeCodeForm, passkeyForm, passwordForm } from '../../forms/sign-in.ts';
import type { ServerContext } from '../../server-context.ts';
import { type C, formTargets, type SignInPageContext, type Step } from '../page-context.ts';
import { requestApproval } from './approval-step.ts';
import { addProofs, currentVerdict, showFactorOf } from './proven.ts';
import { type FactorPage, factorPage, waitingPage } from './second-factor-pages.ts';
import { type Kind, kindOf, type Way, waysIn } from './second-factor-ways.ts';

/** What the sign-in pages do that factors lead to. */
export interface Onward {
  finish(c: C, signIn: SignInPageContext, userId: string, proofs: readonly Proof[]): Promise<Response>;
  refuse(signIn: SignInPageContext, reason: Because): Promise<Response>;
}

/** Factors beside the certificate, first and further. */
export interface FactorSteps {
  /** The page of a factor; of the one that suits best where the address names none. */
  readonly show: Step;
  /** Takes what a form of such a page sent. */
  readonly take: Step;
  /** Takes a password at the first factor; a wrong one is reported on the page it came from. */
  takePassword(c: C, signIn: SignInPageContext, again: (wrong: Because) => Promise<Response>): Promise<Response>;
  /** Continues with what the user has just proven elsewhere. */
  proceed(c: C, signIn: SignInPageContext, userId: string, proofs: readonly Proof[]): Promise<Response>;
}

export function factorSteps(context: ServerContext, onward: Onward): FactorSteps {
  const steps: FactorSteps = {
    show: (c, signIn) => showFactor({ context, onward, c, signIn }),
    take: (c, signIn) => takeFactor({ context, onward, c, signIn }),
    async takePassword(c, signIn, again) {
      const view = { kind: 'password', ...(await fieldsOfForm(c, passwordForm)) } as const;
      return evaluateFactor({ context, onward, c, signIn }, view, again);
    },
    async proceed(c, signIn, userId, proofs) {
      const step = await addProofs(c, signIn, userId, proofs);
      return follow({ context, onward, c, signIn: step.signIn }, step.verdict);
    },
  };
  return steps;
}

/** A request of the pages of factors. */
interface FactorStep {
  readonly context: ServerContext;
  readonly onward: Onward;
  readonly c: C;
  readonly signIn: SignInPageContext;
}

/** On to the application, to the next factor, or to the refusal. The entries are written. */
async function follow({ context, onward, c, signIn }: FactorStep, verdict: Verdict): Promise<Response> {
  const { flow, base } = signIn;
  if (verdict.kind === 'granted') return onward.finish(c, signIn, verdict.user.id, flow.proofs ?? []);
  if (verdict.kind === 'refused' && 'fault' in verdict) context.onFault(verdict.fault, flow.correlationId);
  const needsFactor = verdict.kind === 'interrupted' && (verdict.ask.methods ?? []).length > 0;
  return needsFactor ? c.redirect(`${base}/factor`, 303) : onward.refuse(signIn, verdict.because);
}

async function showFactor({ context, onward, c, signIn }: FactorStep): Promise<Response> {
  const { flow, base } = signIn;
  const wished = kindOf(c.req.param('kind'));
  if (!flow.username && wished !== 'passkey') return c.redirect(base, 303);
  if (flow.userId === undefined) {
    const first = wished === 'temporaryAccessPass' || wished === 'passkey' ? wished : undefined;
    return first ? showKind(context, signIn, { kind: first, ways: [] }) : c.redirect(base, 303);
  }
  const verdict = await currentVerdict(c, signIn, flow.userId);
  if (verdict.kind !== 'interrupted' || !verdict.ask.methods?.length) {
    // Nothing was shown and policy is content: another part of the request asked for a sign-in, so one takes place.
    if (verdict.kind === 'granted' && !flow.proofs?.length) return c.redirect(`${base}?other=1`, 303);
    return follow({ context, onward, c, signIn }, verdict);
  }
  const preferences = await signIn.ports.objects.find<SignInPreferences>(preferenceKind, flow.userId);
  const ways = waysIn(verdict, preferredMethods(preferences?.document));
  const kind = wished && ways.includes(wished) ? wished : ways[0]!;
  if (kind === 'approval' && flow.approval !== undefined && wished)
    return waitForApproval({ context, onward, c, signIn });
  return showKind(context, signIn, { kind, ways });
}

async function showKind(
  context: ServerContext,
  signIn: SignInPageContext,
  view: { readonly kind: Way; readonly ways: readonly Way[]; readonly wrong?: Because },
): Promise<Response> {
  const { base, flow, interaction, brand, language } = signIn;
  const request: FactorPage = {
    ...view,
    base,
    brand,
    language,
    username: flow.username ?? '',
    appDisplayName: interaction.appDisplayName,
    isFirst: flow.userId === undefined,
    passkeyOptions: view.kind === 'passkey' ? await passkeyOptions(context, signIn) : undefined,
  };
  const origins = {
    formTargets: formTargets(interaction.redirectUri),
    ...(view.kind === 'passkey' ? { script: true } : {}),
  };
  return pageResponse(factorPage(request), view.wrong ? 400 : 200, origins);
}

/** At the first factor no passkey is named: the request to the browser must not tell whose name was typed. */
async function passkeyOptions(context: ServerContext, signIn: SignInPageContext): Promise<string> {
  const { ports, flow, interaction } = signIn;
  const result = { purpose: 'signIn', boundTo: interaction.uid, userId: flow.userId } as const;
  const challenge = await makeChallenge(result, signIn);
  const registration = flow.userId === undefined ? [] : await ports.methods.ofUser(flow.userId);
  const allowedValues = registration.filter((method) => method.kind === 'fido2');
  return JSON.stringify(requestOptions({ origin: context.loginOrigin, challenge, allowed: allowedValues }));
}

async function takeFactor({ context, onward, c, signIn }: FactorStep): Promise<Response> {
  const { flow, base } = signIn;
  const kind = kindOf(c.req.param('kind'));
  if (kind === undefined || (!flow.username && kind !== 'passkey')) return c.redirect(base, 303);
  if (kind === 'approval') return beginApproval(c, signIn);
  const view = await factorIn(c, kind, context, signIn);
  return evaluateFactor({ context, onward, c, signIn }, view);
}

async function evaluateFactor(
  { context, onward, c, signIn }: FactorStep,
  factor: PresentedFactor,
  again?: (wrong: Because) => Promise<Response>,
): Promise<Response> {
  const { flow } = signIn;
  const { verdict, signIn: nextSignIn } = await showFactorOf(c, signIn, factor);
  if (nextSignIn !== signIn) return follow({ context, onward, c, signIn: nextSignIn }, verdict);
  if ('fault' in verdict) {
    context.onFault(verdict.fault, flow.correlationId);
    return onward.refuse(signIn, verdict.because); // nothing was evaluated, so nothing was wrong
  }
  // Right, and policy says no: that is a refusal. Wrong: the same page once more.
  const wasRight = verdict.user !== undefined && flow.userId === undefined;
  const reason = verdict.kind === 'granted' ? because('factorNotAsked', { method: factor.kind }) : verdict.because;
  if (wasRight || isAboutAccess(verdict)) return onward.refuse(signIn, reason);
  if (again) return again(reason);
  const current = flow.userId === undefined ? undefined : await currentVerdict(c, signIn, flow.userId);
  const ways = current?.kind === 'interrupted' ? waysIn(current) : [];
  return showKind(context, signIn, { kind: factor.kind, ways, wrong: reason });
}

const isAboutAccess = ({ trace }: Verdict) => trace.findings.at(-1)?.step === 'access';

async function factorIn(
  c: C,
  kind: Exclude<Kind, 'approval'>,
  context: ServerContext,
  { interaction }: SignInPageContext,
): Promise<PresentedFactor> {
  switch (kind) {
    case 'password':
      return { kind, ...(await fieldsOfForm(c, passwordForm)) };
    case 'temporaryAccessPass':
      return { kind, ...(await fieldsOfForm(c, accessPassForm)) };
    case 'oneTimeCode':
      return { kind, ...(await fieldsOfForm(c, oneTimeCodeForm)) };
    case 'passkey':
      return {
        kind,
        response: parsedResponse((await fieldsOfForm(c, passkeyForm)).credential),
        origin: context.loginOrigin,
        boundTo: interaction.uid,
      };
  }
}

/** MFA-11: asks the person's other sessions, and shows the number to type there. */
async function beginApproval(c: C, signIn: SignInPageContext): Promise<Response> {
  const request = await requestApproval(c, signIn);
  return c.redirect(`${signIn.base}/factor${request ? '/approval' : ''}`, 303);
}

/** The page asks again every few seconds by itself, without script. */
async function waitForApproval({ context, onward, c, signIn }: FactorStep): Promise<Response> {
  const { flow, ports, base, brand, language, interaction } = signIn;
  const ticket = await approvalOf(flow.approval ?? '', signIn);
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
  return evaluateFactor(
    { context, onward, c, signIn: { ...signIn, flow: rest } },
    { kind: 'approval', ticket: approval },
  );
}
