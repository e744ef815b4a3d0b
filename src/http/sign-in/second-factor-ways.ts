import type { AuthenticationMethod } from '#core/access/proof.ts';
import type { ShownFactor } from '#signin/factors/check-factor.ts';
import { methodsOf } from '#signin/with-factor.ts';

export type Kind = ShownFactor['kind'];

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
