import type { Certificate } from '#core/x509/certificate.ts';
import { type Name, nameToString } from '#core/x509/name.ts';

const commonName = '2.5.4.3';

export const subjectOf = ({ subject }: Certificate): string => shortName(subject);
export const issuerOf = ({ issuer }: Certificate): string => shortName(issuer);

/** The common name, else all of the name: what a person knows a certificate by. */
function shortName(name: Name): string {
  const attribute = name.rdns.flat().findLast(({ type, undecoded }) => type === commonName && !undecoded);
  return attribute?.value ?? nameToString(name);
}
