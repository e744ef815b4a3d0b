import { randomBytes } from 'node:crypto';
import { isMethodAllowed } from '#core/access/methods/method-state.ts';
import { checkPassTerms, passFrom, passRules } from '#core/factors/temporary-access-pass.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { TemporaryAccessPassMethod } from '#model/authentication-method.ts';
import type { Passwords } from '#ports/credentials.ts';
import type { TimedContext } from '../../context.ts';
import { rulingOf } from '../../refusals.ts';
import { userOf } from '../users.ts';

/** Options of a new pass; the defaults are those of Graph: one hour, from now, for more than one use. */
export interface PassOptions {
  readonly lifetimeInMinutes?: number | undefined;
  readonly startDateTime?: Date | undefined;
  readonly isUsableOnce?: boolean | undefined;
}

/** A pass and its hash. */
export interface NewPass {
  readonly pass: string;
  readonly passHash: string;
}

/** Makes a pass. Hashing takes tens of milliseconds, so it comes before the transaction that issues the pass. */
export async function makePass(passwords: Pick<Passwords, 'hash'>): Promise<NewPass> {
  const pass = passFrom(randomBytes(passRules.length));
  return { pass, passHash: await passwords.hash(pass) };
}

/**
 * Issues a Temporary Access Pass, which replaces the user's old one (MFA-4: with it, a user without another method can
 * satisfy MFA). The pass itself is in the answer and nowhere else. Refuses with nothingFound, temporaryAccessPassInvalid, and
 * methodNotAllowed where the methods policy does not let the user sign in with it.
 */
export async function issuePass(
  person: string,
  passOptions: PassOptions & NewPass,
  { at, actor, ports }: TimedContext,
): Promise<Ruling<{ readonly pass: string; readonly method: TemporaryAccessPassMethod }>> {
  const userRuling = await userOf(person, ports);
  if (userRuling.outcome !== 'passed') return userRuling;
  const user = userRuling.value;
  const { methods } = await ports.policies.current();
  if (!isMethodAllowed('temporaryAccessPassMultiUse', user, methods))
    return refused('methodNotAllowed', { method: 'temporaryAccessPass' });
  const { pass, passHash, lifetimeInMinutes = passRules.minutes.usual, startDateTime = at } = passOptions;
  const terms = checkPassTerms({ lifetimeInMinutes });
  if (terms.outcome !== 'passed') return terms;
  const method: TemporaryAccessPassMethod = {
    kind: 'temporaryAccessPass',
    id: crypto.randomUUID(),
    userId: user.id,
    displayName: 'Temporary Access Pass',
    createdDateTime: at,
    passHash,
    startDateTime,
    lifetimeInMinutes,
    isUsableOnce: passOptions.isUsableOnce ?? false,
  };
  const methodRuling = await rulingOf(() => ports.methods.add(method, actor));
  if (methodRuling.outcome !== 'passed') return methodRuling;
  return success({ pass, method });
}
