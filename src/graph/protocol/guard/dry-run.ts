import { z } from 'zod';
import { type DryRun, type DryRunChange, type DryRunMark, dryRunLimits } from '#admin/safety/dry-run.ts';
import { rehearseTenant } from '#admin/safety/guard.ts';
import type { Outcome } from '#core/outcome.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow, type Ruling, success } from '#core/trace/ruling.ts';
import type { PreparedCrl } from '#ports/revocation.ts';
import { readJson } from '#schema/json.ts';
import type { GraphPath } from '../../odata/path.ts';
import { parseQuery } from '../../odata/query.ts';
import { contextOf, nextLink } from '../answers.ts';
import type { Answer, Call, GraphPorts, GraphRequest } from '../call.ts';
import { stateTag } from '../etag.ts';
import { isChange, type Matched, type Route, type Routes } from '../route.ts';
import { checkState } from './guarded.ts';

/** A change in the body of a dry run; `change` is the body that the change itself would have. */
const rehearsal = z.strictObject({
  operation: z.enum(['create', 'update', 'delete']),
  change: z.record(z.string(), z.unknown()).nullish(),
});

/** Methods that an operation may have here, the usual one first: the old trust store is replaced by POST. */
const methodsOf = { create: ['POST'], update: ['PATCH', 'PUT', 'POST'], delete: ['DELETE'] } as const;

export interface Rehearsed extends Matched {
  /** The request of the change itself. */
  readonly request: GraphRequest;
}

/** Does the path end in `/dryRun`? */
export const isDryRunPath = ({ segments }: GraphPath): boolean => segments.at(-1)?.name === 'dryrun';

/**
 * The change that a request to `…/dryRun` rehearses: by POST the one in its body, and by any method the one that the same request
 * without `/dryRun` would make. A POST where nothing is created rehearses an update.
 * @param request with its body @throws as `Routes.find`, and graphPathUnknown where nothing is changed
 */
export function rehearsedBy(request: GraphRequest, path: GraphPath, routes: Routes): Rehearsed {
  const target = { ...path, segments: path.segments.slice(0, -1) };
  const inBody = request.method === 'POST' ? readRehearsal(request.body) : undefined;
  const methods = inBody ? methodsOf[inBody.operation] : withoutBody(request.method, target, routes);
  const method = methods.find((item) => routes.has(item, target)) ?? methods[0]!;
  const match = routes.find(method, target);
  if (!mayRehearse(match.route)) throw fault('graphPathUnknown', { segment: 'dryrun' });
  const body = inBody ? inBody.change && JSON.stringify(inBody.change) : request.body;
  return { ...match, request: { ...request, method, body: body ?? undefined } };
}

const mayRehearse = (route: Route): boolean => isChange(route) || route.rehearsal !== undefined;

const withoutBody = (method: string, target: GraphPath, routes: Routes): readonly string[] =>
  method === 'POST' && !routes.has('POST', target) ? methodsOf.update : [method];

function readRehearsal(body: string | undefined): z.infer<typeof rehearsal> | undefined {
  return readJson(rehearsal, body ?? ''); // what is wrong with it is said when the change reads it
}

/** A change that its caller may make. */
export interface PermittedChange {
  readonly call: Call;
  readonly route: Route;
}

/** Beyond Entra: what the operation would do to the sign-ins of the last thirty days. Nothing is changed. */
export const answerDryRun = (change: PermittedChange): Promise<Answer> => rehearse(change.call, [change]);

/**
 * The same of several changes that are made one after the other, as the requests of a batch. @throws graphPropertyInvalid
 * for a request that changes nothing
 */
export async function answerBatchDryRun(batch: GraphRequest, changes: readonly PermittedChange[]): Promise<Answer> {
  const reader = changes.findIndex(({ route }) => !mayRehearse(route));
  if (reader >= 0) {
    const problem = 'a dry run is not possible, because the request changes nothing';
    throw fault('graphPropertyInvalid', { target: `requests/${reader}/url`, problem });
  }
  return rehearse({ ...changes[0]!.call, request: batch, query: parseQuery(batch.search), read: undefined }, changes);
}

/** `call` is the one that is answered. */
async function rehearse(call: Call, changes: readonly PermittedChange[]): Promise<Answer> {
  const steps: ((ports: GraphPorts) => Promise<Ruling<unknown>>)[] = [];
  const preparedCrls: PreparedCrl[] = [];
  for (const { call: step, route } of changes) {
    await checkState(step);
    if (route.rehearsal) {
      const rehearsal = await route.rehearsal(step);
      preparedCrls.push(...rehearsal.preparedCrls);
      steps.push(async (ports) => rehearsal.work(await step.within(step, ports)));
      continue;
    }
    const prepared = { ...step, prepared: (await route.prepare?.(step)) ?? {} };
    steps.push(async (ports) => success(await route.answer(await step.within(prepared, ports))));
  }
  const work = async (ports: GraphPorts) => {
    for (const step of steps) {
      const ruling = await step(ports);
      if (ruling.outcome !== 'passed') return ruling;
    }
    return success();
  };
  const { top, skiptoken } = call.query;
  const pairs = Math.min(top ?? dryRunLimits.pairs, dryRunLimits.pairs);
  const from = skiptoken === undefined ? {} : { from: markOf(call, skiptoken) };
  const options = { at: call.at, preparedCrls, limits: { ...dryRunLimits, pairs, ...from } };
  const { dryRun } = orThrow(await rehearseTenant(call.ports, options, work));
  return dryRunAnswer(call, { ...dryRun, version: await stateTag(call, dryRun.version) });
}

/** A page token is good for the same change only. */
const boundTo = ({ ports, request }: Call) =>
  JSON.stringify([ports.tenant.id, request.method, request.pathname.toLowerCase(), request.body]);

function markOf(call: Call, token: string): DryRunMark {
  const [until, createdDateTime, id] = call.tokens.read(token, boundTo(call)).after;
  const after = { id: String(id), createdDateTime: new Date(Number(createdDateTime)) };
  return { until: new Date(Number(until)), after };
}

function tokenOf(call: Call, { until, after }: DryRunMark): string {
  const mark = [until.getTime(), after.createdDateTime.getTime(), after.id];
  return call.tokens.write({ after: mark, eventual: false }, boundTo(call));
}

/** A dry run as Graph shows it. The same body is posted to its `@odata.nextLink`. */
function dryRunAnswer(call: Call, { changes, next, isCut: _, ...rest }: DryRun): Answer {
  const link = next === undefined ? {} : { '@odata.nextLink': nextLink(call, tokenOf(call, next)) };
  const items = changes.map((change) => ({ ...change, ...outcomesOf(change, describe) }));
  return {
    status: 200,
    body: { ...contextOf(call, 'cardea.dryRun'), ...link, ...rest, counts: countsOf(changes), changes: items },
  };
}

const outcomesOf = <T>({ before, after }: DryRunChange, work: (outcome: Outcome) => T) => ({
  before: work(before),
  after: work(after),
});

const describe = ({ kind, code, reasonText, method }: Outcome) => ({
  outcome: kind,
  code: code ?? null,
  reasonText: reasonText ?? null,
  method: method ?? null,
});

/** How many end otherwise, and how. A change counts once; `strength` are those that count as another method. */
function countsOf(changes: readonly DryRunChange[]) {
  const counts = { grantedToRefused: 0, refusedToGranted: 0, strength: 0, other: 0 };
  for (const { before, after } of changes) {
    const isRefused = [before, after].map(({ kind }) => kind === 'refused');
    if (!isRefused[0] && isRefused[1]) counts.grantedToRefused += 1;
    else if (isRefused[0] && after.kind === 'granted') counts.refusedToGranted += 1;
    else if (before.kind === after.kind && before.method !== after.method) counts.strength += 1;
    else counts.other += 1;
  }
  return counts;
}
