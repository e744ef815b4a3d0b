import { distributionPointsOf } from '../../crl/distribution-points/distribution-point.ts';
import { hexOf } from '../../hex.ts';
import type { Certificate } from '../certificate.ts';
import { nameToString } from '../name.ts';
import { type Extension, extensionIds } from './extensions.ts';
import type { GeneralName } from './general-name.ts';

/** An extension in words, for people who read certificates. */
export interface DescribedExtension {
  readonly oid: string;
  /** Its name in RFC 5280 or the specification it comes from; the OID where it is not known here. */
  readonly name: string;
  readonly isCritical: boolean;
  /** What it says, one line a value; the octets in hex where the extension is not known here. */
  readonly values: readonly string[];
}

const ids = extensionIds;
const names: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ids).map(([name, oid]) => [oid, name])),
  '1.3.6.1.5.5.7.1.1': 'authorityInfoAccess',
  '1.3.6.1.5.5.7.1.3': 'qcStatements',
  '1.3.6.1.5.5.7.1.11': 'subjectInfoAccess',
  '1.3.6.1.4.1.311.20.2': 'certificateTemplateName',
  '1.3.6.1.4.1.311.21.7': 'certificateTemplate',
  '1.3.6.1.4.1.311.21.1': 'caVersion',
  '1.3.6.1.4.1.311.25.2': 'securityIdentifier',
  '2.16.840.1.113730.1.1': 'netscapeCertType',
};

const purposes: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'Server authentication',
  '1.3.6.1.5.5.7.3.2': 'Client authentication',
  '1.3.6.1.5.5.7.3.3': 'Code signing',
  '1.3.6.1.5.5.7.3.4': 'Secure email',
  '1.3.6.1.5.5.7.3.8': 'Time stamping',
  '1.3.6.1.5.5.7.3.9': 'OCSP signing',
  '1.3.6.1.4.1.311.20.2.2': 'Smart card logon',
  '1.3.6.1.5.2.3.4': 'PKINIT client authentication',
  '2.5.29.37.0': 'Any purpose',
};
const userPrincipalName = '1.3.6.1.4.1.311.20.2.3';

/** Octets of an extension that is not known here: enough to recognize it. */
const mostOctets = 64;

/** Every extension of a certificate, in its order. */
export const describeExtensions = (certificate: Certificate): readonly DescribedExtension[] =>
  certificate.extensions.map((extension) => ({
    oid: extension.oid,
    name: names[extension.oid] ?? extension.oid,
    isCritical: extension.critical,
    values: valuesOf(certificate, extension),
  }));

const purpose = (oid: string) => (purposes[oid] ? `${purposes[oid]} (${oid})` : oid);

const readers: Readonly<Record<string, (certificate: Certificate) => readonly string[]>> = {
  [ids.subjectKeyIdentifier]: ({ subjectKeyIdentifier: id }) => (id ? [hexOf(id)] : []),
  [ids.authorityKeyIdentifier]: ({ authorityKeyIdentifier: id }) => (id ? [hexOf(id)] : []),
  [ids.keyUsage]: ({ keyUsage }) => [...(keyUsage ?? [])],
  [ids.extendedKeyUsage]: ({ extendedKeyUsage = [] }) => extendedKeyUsage.map(purpose),
  [ids.applicationPolicies]: ({ applicationPolicies = [] }) => applicationPolicies.map(purpose),
  [ids.certificatePolicies]: ({ certificatePolicies }) => certificatePolicies.map((policy) => policy.policyIdentifier),
  [ids.subjectAltName]: ({ subjectAltName }) => subjectAltName.map(describeName),
  [ids.basicConstraints]: ({ basicConstraints }) => [
    basicConstraints?.cA ? 'Certification authority' : 'Not a certification authority',
    ...(basicConstraints?.pathLength === undefined ? [] : [`Path length ${basicConstraints.pathLength}`]),
  ],
  [ids.cRLDistributionPoints]: (certificate) =>
    (distributionPointsOf(certificate) ?? []).flatMap(({ distributionPoint }) =>
      distributionPoint?.kind === 'fullName'
        ? distributionPoint.names.map(({ contents }) => Buffer.from(contents).toString('latin1'))
        : [],
    ),
};

function valuesOf(certificate: Certificate, { oid, value }: Extension): readonly string[] {
  try {
    const read = readers[oid]?.(certificate) ?? [];
    if (read.length > 0) return read.map(printable);
  } catch {
    // The extension is malformed in a part that path validation does not read: its octets are shown.
  }
  return [`${hexOf(value.subarray(0, mostOctets))}${value.length > mostOctets ? '…' : ''}`];
}

/** No control characters, and no longer than a line. */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, '.').slice(0, 500);

/** A GeneralName with its kind, such as `User principal name: ana@woodgrove.test`. */
function describeName(name: GeneralName): string {
  switch (name.kind) {
    case 'otherName':
      return name.oid === userPrincipalName ? `User principal name: ${name.text}` : `Other name ${name.oid}`;
    case 'rfc822Name':
      return `Email: ${name.text}`;
    case 'dNSName':
      return `DNS name: ${name.text}`;
    case 'uniformResourceIdentifier':
      return `URI: ${name.text}`;
    case 'directoryName':
      return `Directory name: ${nameToString(name.name)}`;
    case 'iPAddress':
      return `IP address: ${hexOf(name.octets)}`;
    case 'registeredID':
      return `Registered ID: ${name.oid}`;
    default:
      return name.kind;
  }
}
