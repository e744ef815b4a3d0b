import { reportNotMe } from '#admin/account/sign-ins.ts';
import type { Need } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Item } from '../../odata/evaluate.ts';
import { contextOf, entity } from '../../protocol/answers.ts';
import { readNoBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import type { Route } from '../../protocol/route.ts';
import { itemsOf } from './sign-in-item.ts';
import { signInOf } from './sign-in-trace.ts';
import { listSignIns, signInResource } from './sign-ins.ts';

/** A user reads their own entries with User.Read and without a role. @throws graphPersonNeeded for an application */
function needOfMe({ caller }: Call): Need {
  if (caller.kind === 'application') throw fault('graphPersonNeeded', {});
  return { area: 'users', access: 'read', permissions: ['User.Read', 'User.Read.All'], isSelf: true };
}

/** Which Conditional Access policies there are is not shown to the user whom they applied to. */
async function itemsOfCaller(records: readonly SignInRecord[], call: Call): Promise<readonly Item[]> {
  return (await itemsOf(records, call)).map((item) => ({
    ...item,
    appliedConditionalAccessPolicies: [],
    ...(call.version === 'beta' ? { authenticationRequirementPolicies: [] } : {}),
  }));
}

/** The entry that the path names, where it is the caller's. @throws graphObjectMissing */
async function signInOfCaller(call: Call): Promise<SignInRecord> {
  const record = await signInOf(call, 'signin');
  if (record.userId !== call.caller.id) throw fault('graphObjectMissing', { id: record.id });
  return record;
}

async function entry(call: Call): Promise<Answer> {
  const [item] = await itemsOfCaller([await signInOfCaller(call)], call);
  return entity(call, item!, { ...signInResource, set: 'me/signIns' });
}

async function report(call: Call): Promise<Answer> {
  await readNoBody(call);
  const { id } = await signInOfCaller(call);
  const { sessions, grants } = orThrow(await reportNotMe(id, call.caller.id, call));
  const body = { ...contextOf(call, 'cardea.reportedSignIn'), endedSessions: sessions, endedGrants: grants };
  return { status: 200, body };
}

/** Beyond Entra: a user's own entries, and the report that one of them was not theirs. */
export const mySignInRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'me/signins',
    need: needOfMe,
    answer: (call) => listSignIns(call, itemsOfCaller, { userId: call.caller.id }),
  },
  { method: 'GET', path: 'me/signins/{signin}', need: needOfMe, answer: entry },
  { method: 'POST', path: 'me/signins/{signin}/reportnotme', need: needOfMe, answer: report },
];
