import { chooseMethod } from '#core/access/methods/choose-method.ts';
import { methodsPolicy, preferenceFor, preferencesIn } from '#core/access/methods/system-preferred.ts';
import type { AuthenticationMethod } from '#core/access/proof.ts';
import type { Realm } from '#core/binding/realm.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import type { SignInRequest } from '../request.ts';
import { methodsAtHand } from './available-methods.ts';
import { unknownUserId } from './tries.ts';

type FirstPorts = Pick<Ports, 'policies' | 'directory' | 'methods' | 'objects' | 'browsers'>;

/**
 * The method a sign-in starts with, or undefined where the page asks: by the order of the system where the tenant wants
 * that (SPA-1, SPA-2), else the one the person finished with the last time (MRU-1). Only in a browser that knows the
 * person: anywhere else it would tell a stranger that there is a user of this name.
 */
export async function firstMethod(
  request: FirstRequest,
  realm: FirstRealm,
  context: SignInContext<FirstPorts>,
): Promise<AuthenticationMethod | undefined> {
  return (await choiceOf(request, realm, context))?.preferred;
}

/**
 * What the person of this name can begin with, what suits best first; empty in a browser that does not know the person, for
 * the same reason as at {@link firstMethod}.
 */
export async function methodsOfKnown(
  request: FirstRequest,
  realm: FirstRealm,
  context: SignInContext<FirstPorts>,
): Promise<readonly AuthenticationMethod[]> {
  const choice = await choiceOf(request, realm, context);
  return choice ? [choice.preferred, ...choice.others].filter((method) => method !== undefined) : [];
}

type FirstRequest = Pick<SignInRequest, 'username' | 'browser'>;
type FirstRealm = Pick<Realm, 'certificates' | 'passwords'>;

async function choiceOf({ username, browser }: FirstRequest, realm: FirstRealm, context: SignInContext<FirstPorts>) {
  const { ports, at } = context;
  const [answer] = await ports.directory.answer([{ property: 'userPrincipalName', value: username }]);
  const user = answer?.users[0];
  const last = await ports.directory.lastMethod(user?.id ?? unknownUserId);
  const isKnown = browser !== undefined && (await ports.browsers.knows(user?.id ?? unknownUserId, browser, at));
  if (!isKnown || !user) return undefined;
  const [policy, [storedPolicy]] = await Promise.all([
    ports.policies.current(),
    ports.objects.list(methodsPolicy.kind),
  ]);
  const available = (await methodsAtHand(user, policy, context)).filter((method) => isFirst(method, realm));
  const systemPreferred = preferenceFor(user, preferencesIn(storedPolicy?.document));
  return chooseMethod({ available, mostRecentlyUsed: last, systemPreferred, factor: 'first' });
}

/** What this realm takes as the first proof of identity. */
function isFirst(method: AuthenticationMethod, realm: FirstRealm): boolean {
  if (method.startsWith('x509Certificate')) return realm.certificates;
  return realm.passwords && (method === 'password' || method === 'fido2' || method.startsWith('temporaryAccessPass'));
}
