import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { CapturedResponse, innerRequest } from '#net/inner-request.ts';
import { pairsIn } from '#schema/form.ts';
import { readJson } from '#schema/json.ts';
import { formIn } from '#signin/read-form.ts';
import {
  type FlowContext,
  type FlowToken,
  openContext,
  openFlowToken,
  sealFlowToken,
  spendFlowToken,
} from '#signin/scripted/flow-secrets.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import { isForm } from '../forms/reader.ts';
import { scriptedFields } from '../forms/scripted.ts';
import type { ServerContext } from '../server-context.ts';
import { type C, pageContextOf, type SignInPageContext } from '../sign-in/page-context.ts';

/** One step of a scripted sign-in: `ctx` and `flowToken` were opened, belong together, and the token is used up. */
export interface ScriptedStep {
  readonly signIn: SignInPageContext;
  readonly flow: FlowContext;
  /** As it came: it goes back to the client. */
  readonly ctx: string;
  readonly token: FlowToken;
}

/** What a client sends, by lower-case name. */
export type Fields = z.output<typeof scriptedFields>;

/** JSON other than an object has no fields. */
const members = z.record(z.string(), z.unknown());

export async function fieldsOf(c: C): Promise<Fields> {
  const isJson = /^application\/json\b/i.test(c.req.header('content-type') ?? '');
  const text = isJson || isForm(c) ? await c.req.text() : '';
  const entries = isJson ? Object.entries(readJson(members, text) ?? {}) : pairsIn(text);
  const named = entries.flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  return formIn(scriptedFields, named).fields;
}

/**
 * Opens the step that `ctx` and `flowToken` name: sealed here, of the tenant in the path, of one interaction that is under
 * way, not used before, and made after the last proof. The cookies in `ctx` are what binds the client to the interaction. Refuses with
 * flowUnknown.
 */
export async function stepOf(
  context: ServerContext,
  c: C,
  fields: Fields,
  { isPoll = false } = {},
): Promise<Ruling<ScriptedStep>> {
  const unknown = (parameter: string) => refused('flowUnknown', { parameter });
  const at = context.clock.now();
  const ctx = fields.ctx ?? fields.request ?? '';
  const flow = openContext(ctx, context.flowSealing, at);
  if (!flow || !(await isOfPath(context, c, flow))) return unknown('ctx');
  const token = openFlowToken(fields.flowtoken, flow, context.flowSealing, at);
  if (!token) return unknown('flowToken');
  const interaction = await interactionOf(context, c, flow);
  if (!interaction) return unknown('ctx');
  const signIn = await pageContextOf(context, c, interaction);
  if (token.proofs !== proofsIn(signIn)) return unknown('flowToken');
  // A client that waits asks again with the same token.
  if (!isPoll && !(await spendFlowToken(token, signIn.ports.attempts))) return unknown('flowToken');
  return success({ signIn, flow, ctx, token });
}

async function isOfPath({ tenants }: ServerContext, c: C, { tenantId }: FlowContext): Promise<boolean> {
  const name = c.req.param('tenant');
  return name === undefined || tenantAliases.has(name) || (await tenants.find(name))?.id === tenantId;
}

/** The interaction, found as if the client had brought the cookies. */
export function interactionOf(context: ServerContext, c: C, flow: FlowContext) {
  const request = interactionRequest(c.env.incoming, flow);
  return context.interactions.find(request, new CapturedResponse(request));
}

/** Of a step without a flow token: `ctx` alone, which holds what binds the client to its interaction. Refuses with flowUnknown. */
export async function contextOf(context: ServerContext, c: C, ctx: string): Promise<Ruling<FlowContext>> {
  const flow = openContext(ctx, context.flowSealing, context.clock.now());
  return flow && (await isOfPath(context, c, flow)) ? success(flow) : refused('flowUnknown', { parameter: 'ctx' });
}

export const interactionRequest = (from: IncomingMessage, { interactionUid, cookies }: FlowContext): IncomingMessage =>
  innerRequest(from, `/login/${interactionUid}`, cookies);

const proofsIn = ({ flow }: SignInPageContext): number => flow.proofs?.length ?? 0;

/** The token for the next step of a sign-in. */
export function nextToken(context: ServerContext, { flow, token }: ScriptedStep, signIn: SignInPageContext): string {
  const username = token.username === undefined ? {} : { username: token.username };
  return sealFlowToken(flow, { proofs: proofsIn(signIn), ...username }, context.flowSealing, signIn.at);
}
