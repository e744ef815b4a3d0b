import { z } from 'zod';
import { changeSignInPreferences, signInPreferencesOf } from '#admin/directory/methods/sign-in-preferences.ts';
import type { SignInPreferences } from '#core/factors/sign-in-preferences.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { contextOf, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import type { Route } from '../../protocol/route.ts';
import { methodNeed } from '../directory/method-need.ts';
import { requireOnUser } from '../directory/user-rights.ts';
import { userIn } from '../directory/users.ts';

const shape = z
  .strictObject({
    isSystemPreferredAuthenticationMethodEnabled: z.boolean().optional(),
    userPreferredMethodForSecondaryAuthentication: z.string().max(64).nullable().optional(),
  })
  .register(odataTypes, ['signInPreferences']);

async function read(call: Call): Promise<Answer> {
  const { user } = await userIn(call);
  const preferences = await signInPreferencesOf(user.id, call.ports);
  const context = contextOf(call, `users('${user.id}')/authentication/signInPreferences`);
  return { status: 200, body: withTag({ ...context, ...preferences }, { id: user.id, preferences }) };
}

async function change(call: Call): Promise<Answer> {
  const { user } = await userIn(call);
  await requireOnUser(call, user.id, ['removeMethod']);
  const body = (await readBody(call, shape)) as Partial<SignInPreferences>;
  orThrow(await changeSignInPreferences(user.id, body, call));
  return nothing;
}

export const signInPreferenceRoutes: readonly Route[] = ['me', 'users/{id}'].flatMap((base): readonly Route[] => {
  const path = `${base}/authentication/signinpreferences`;
  return [
    { method: 'GET', path, need: methodNeed('readMethods'), answer: read },
    { method: 'PATCH', path, need: methodNeed('removeMethod'), answer: change },
  ];
});
