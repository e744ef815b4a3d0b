import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { changePasswordAsUser } from '#admin/account/password.ts';
import { hashPassword } from '#admin/directory/methods/passwords.ts';
import { resetPassword } from '#admin/directory/users.ts';
import type { Need } from '#core/roles/authorise.ts';
import { userOperations } from '#core/roles/user-operations.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { UserEntry } from '#model/user.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, contextOf, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import type { Route } from '../../protocol/route.ts';
import { methodNeed } from '../directory/method-need.ts';
import { requireOnUser } from '../directory/user-rights.ts';
import { userIn } from '../directory/users.ts';

/** Graph's id of the one password method that a user has. */
export const passwordMethodId = '28c10230-6103-485e-b985-444c60001490';
const view: GraphResource = { type: 'passwordAuthenticationMethod', set: 'users/authentication/passwordMethods' };

const passwordItem = ({ createdDateTime }: UserEntry): Item => ({
  id: passwordMethodId,
  password: null,
  createdDateTime: createdDateTime ?? null,
});

async function list(call: Call): Promise<Answer> {
  const entry = await userIn(call);
  return collection(call, entry.hasPassword ? [passwordItem(entry)] : [], view);
}

/** @throws graphObjectMissing for another id, and for a user without a password */
async function entryIn(call: Call): Promise<UserEntry> {
  const entry = await userIn(call);
  const id = keyText(call, 'method').toLowerCase();
  if (id !== passwordMethodId || !entry.hasPassword) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return entry;
}

const shape = z.strictObject({
  newPassword: z.string().max(1000).nullish(),
  requireChangeOnNextSignIn: z.boolean().nullish(),
});

/**
 * Sets a password for another user; without `newPassword` one is made, and this answer alone has it. It is done when it is
 * answered, so there is no operation to follow.
 */
async function reset(call: Call): Promise<Answer> {
  const { user } = await entryIn(call);
  await requireOnUser(call, user.id, ['resetPasswordMethod']);
  const { requireChangeOnNextSignIn } = await readBody(call, shape);
  const { passwordHash, password } = call.prepared!;
  const request = { passwordHash: passwordHash!, mustChange: requireChangeOnNextSignIn === true };
  orThrow(await resetPassword(user.id, request, call));
  const context = contextOf(call, 'microsoft.graph.passwordResetResponse');
  return { status: 202, body: { ...context, newPassword: password ?? null } };
}

/** A password that is easy to read out: no letter looks like a digit. */
function generatedPassword(): string {
  const letters = ['bcdfghjkmnpqrstvwxz', 'BCDFGHJKLMNPQRSTVWXZ', '23456789'];
  return Array.from({ length: 16 }, (_, i) => {
    const set = letters[i % letters.length]!;
    return set[randomInt(set.length)]!;
  }).join('');
}

async function prepare(call: Call) {
  const { newPassword } = await readBody(call, shape);
  const password = newPassword ? undefined : generatedPassword();
  const passwordHash = orThrow(await hashPassword(newPassword || password!, call.ports.passwords));
  return { passwordHash, ...(password === undefined ? {} : { password }) };
}

const changeShape = z.strictObject({ currentPassword: z.string().max(1000), newPassword: z.string().max(1000) });

/** The current password is evaluated like one at the sign-in: too many wrong ones lock it. @throws currentPasswordWrong, triesExhausted … */
async function changeMine(call: Call): Promise<Answer> {
  if (call.caller.kind !== 'person') throw fault('graphPersonNeeded', {});
  const { user } = await userIn(call);
  const { currentPassword, newPassword } = await readBody(call, changeShape);
  const { ipAddress } = call.request;
  const change = { user, current: currentPassword, next: newPassword, ipAddress };
  orThrow(await changePasswordAsUser(change, call));
  return nothing;
}

const read = methodNeed('readMethods');
const { area, access, permissions } = userOperations.resetPasswordMethod;
const write: Need = { area, access, permissions };
const self: Need = { area: 'users', access: 'read', permissions: ['Directory.AccessAsUser.All'], isSelf: true };

export const passwordRoutes: readonly Route[] = [
  ...['me', 'users/{id}'].flatMap((base): readonly Route[] => [
    { method: 'GET', path: `${base}/authentication/passwordmethods`, need: read, answer: list },
    {
      method: 'GET',
      path: `${base}/authentication/passwordmethods/{method}`,
      need: read,
      answer: async (call) => entity(call, passwordItem(await entryIn(call)), view),
    },
  ]),
  ...['methods', 'passwordmethods'].map(
    (segment): Route => ({
      method: 'POST',
      path: `users/{id}/authentication/${segment}/{method}/resetpassword`,
      need: write,
      prepare,
      answer: reset,
    }),
  ),
  { method: 'POST', path: 'me/changepassword', need: self, answer: changeMine, unguarded: 'checks a password' },
];
