import { certificateKeyOf, type Proof } from '#core/access/proof.ts';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';

/** Keeps the certificate behind the newest proof, so that it can be evaluated again for as long as anything rests on it. */
export async function noteCertificate(
  leaf: Uint8Array,
  proofs: readonly Proof[],
  { ports, at }: SignInContext<Pick<Ports, 'live'>>,
): Promise<void> {
  const proof = proofs.at(-1);
  const key = proof && certificateKeyOf(proof);
  if (key === undefined) return;
  // A grant made on the session's last day lives as long again as a refresh token does.
  const seconds = defaultLifetimes.persistentSession + defaultLifetimes.refreshToken;
  await ports.live.noteCertificate({ key, der: leaf }, new Date(at.getTime() + seconds * 1000));
}
