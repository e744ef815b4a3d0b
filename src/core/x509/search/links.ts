import { type Ruling, refused } from '../../trace/ruling.ts';
import type { AlgorithmPolicy } from '../algorithms/algorithm-policy.ts';
import { checkSignature } from '../algorithms/signature.ts';
import type { Certificate } from '../certificate.ts';
import { nameToString } from '../name.ts';

interface KnownLink {
  readonly policy: AlgorithmPolicy;
  readonly ruling: Ruling<true>;
}
/**
 * Links already checked, by the identity of the objects: a CA of the trust store is the same object until an administrator edits the
 * store. Kept for as long as both are; a leaf is read again for every sign-in and takes its entry along.
 */
const links = new WeakMap<Certificate, WeakMap<Certificate, KnownLink>>();

/** Did the issuer's key sign the child? Remembers the answer. Refuses as {@link checkSignature}, naming the child. */
export function checkLink(child: Certificate, issuer: Certificate, policy: AlgorithmPolicy): Ruling<true> {
  const knownLink = links.get(issuer)?.get(child);
  if (knownLink?.policy === policy) return knownLink.ruling;
  const check = checkSignature(child, issuer.subjectPublicKeyInfo, policy);
  const ruling = check.outcome === 'passed' ? check : withSubject(check, child);
  const children = links.get(issuer) ?? new WeakMap<Certificate, KnownLink>();
  links.set(issuer, children);
  children.set(child, { policy, ruling });
  return ruling;
}

/** Adds to a refusal that names no certificate which one it is about. */
function withSubject(ruling: Ruling<true>, { subject, issuer }: Certificate): Ruling<true> {
  if (ruling.because.code !== 'signatureWrong') return ruling;
  return refused('signatureWrong', { subject: nameToString(subject), issuer: nameToString(issuer) });
}
