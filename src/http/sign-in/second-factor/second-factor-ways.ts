import { chooseMethod } from '#core/access/methods/choose-method.ts';
import type { AuthenticationMethod } from '#core/access/proof.ts';
import type { Interrupted } from '#core/verdict.ts';
import type { PresentedFactor } from '#signin/factors/check-factor.ts';
import { methodsOf } from '#signin/with-factor.ts';

export type Kind = PresentedFactor['kind'];

/** A certificate is asked for on its own host. */
export type Way = Kind | 'certificate';

/** The page that shows a method. */
export function wayOf(method: AuthenticationMethod): Way | undefined {
  if (method.startsWith('x509Certificate')) return 'certificate';
  return (Object.keys(methodsOf) as Kind[]).find((kind) => methodsOf[kind].includes(method));
}

/** The kind of this name; undefined for another text. */
export const kindOf = (text: string | undefined): Kind | undefined =>
  (Object.keys(methodsOf) as Kind[]).find((kind) => kind === text);

/**
 * What leads on, the one that suits best first (SPA-2). Last another session: that it lives does not say it is at hand.
 * @param wanted the methods that the user prefers to the order of the system
 */
export function waysIn({ ask }: Interrupted, wanted: readonly AuthenticationMethod[] = []): readonly Way[] {
  const available = (ask.methods ?? []) as readonly AuthenticationMethod[];
  const { preferred, others: alternatives } = chooseMethod({ available, systemPreferred: 'default', factor: 'second' });
  const items = [preferred, ...alternatives].filter((method) => method !== undefined);
  const ways = [...new Set(items.flatMap((method) => wayOf(method) ?? []))];
  const first = wanted.filter((method) => available.includes(method)).flatMap((method) => wayOf(method) ?? []);
  const rest = ways.toSorted((a, b) => Number(a === 'approval') - Number(b === 'approval'));
  return [...new Set([...first, ...rest])];
}
