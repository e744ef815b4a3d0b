import type { X509CertificateField } from '../policy.ts';

/** What the text of an export of AD FS says, as far as it can be taken over. */
export interface AdfsExport {
  /** DER of certificates that stand in it, base64. */
  readonly certificates: readonly string[];
  /** SHA-1 thumbprints that it names, upper-case hex. */
  readonly thumbprints: readonly string[];
  /** Fields of the certificate that its claim rules use, as bindings know them, the strongest first. */
  readonly fields: readonly X509CertificateField[];
  /** Claim types of the certificate that no binding reads. */
  readonly otherClaims: readonly string[];
}

/** Claim types that a rule reads of a certificate, by the end of their address. `issuer` counts with another field alone. */
const claimFields: readonly (readonly [RegExp, X509CertificateField | 'issuer'])[] = [
  [/certificatecontext\/field\/issuer(?:name)?$/, 'issuer'],
  [/certificatecontext\/field\/serialnumber$|identity\/claims\/serialnumber$/, 'IssuerAndSerialNumber'],
  [/certificatecontext\/extension\/subjectkeyidentifier$/, 'SubjectKeyIdentifier'],
  [/certificatecontext\/field\/thumbprint$|identity\/claims\/thumbprint$/, 'SHA1PublicKey'],
  [/certificatecontext\/field\/subject(?:name)?$/, 'Subject'],
  [/certificatecontext\/san\/upn$/, 'PrincipalName'],
  [/certificatecontext\/san\/(?:email|rfc822name)$/, 'RFC822Name'],
];

/** The strongest first (entra-cba §5.1). */
const order: readonly X509CertificateField[] = [
  ...(['SubjectKeyIdentifier', 'SHA1PublicKey', 'IssuerAndSerialNumber'] as const),
  ...(['IssuerAndSubject', 'Subject', 'PrincipalName', 'RFC822Name'] as const),
];

/**
 * Reads the output of `Get-AdfsRelyingPartyTrust`, `Get-AdfsClaimsProviderTrust`, `Get-AdfsCertificateAuthority` or
 * `certutil -store`, and certificates in PEM or as lines of base64, in any order in one text.
 */
export function readAdfsExport(text: string): AdfsExport {
  const claims = [
    ...new Set([...text.matchAll(/"(https?:\/\/[^"\s]{1,300})"/g)].map(([, type]) => type!.toLowerCase())),
  ];
  const knownFields = claims.flatMap((type) => claimFields.find(([pattern]) => pattern.test(type))?.[1] ?? []);
  return {
    certificates: certificatesIn(text),
    thumbprints: thumbprintsIn(text),
    fields: fieldsOf(new Set(knownFields)),
    otherClaims: claims.filter(
      (type) => type.includes('/certificatecontext/') && !claimFields.some(([pattern]) => pattern.test(type)),
    ),
  };
}

/** A serial number alone names no certificate, a subject with its issuer is the stronger field. */
function fieldsOf(knownFields: ReadonlySet<X509CertificateField | 'issuer'>): readonly X509CertificateField[] {
  const hasIssuer = knownFields.has('issuer');
  return order.filter((field) => {
    if (field === 'IssuerAndSerialNumber') return hasIssuer && knownFields.has(field);
    if (field === 'IssuerAndSubject') return hasIssuer && knownFields.has('Subject');
    return field === 'Subject' ? knownFields.has(field) && !hasIssuer : knownFields.has(field);
  });
}

function certificatesIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map(([, content]) =>
    content!.replace(/\s/g, ''),
  );
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  // A certificate of less than 16 MB in one line of base64 begins so: a SEQUENCE with a length of two octets or three.
  const ofOneLine = lines.filter((line) => /^MI[IM][A-Za-z0-9+/]{300,}={0,2}$/.test(line));
  return [...new Set([...blocks, ...ofOneLine])];
}

function thumbprintsIn(text: string): readonly string[] {
  const lines = text.matchAll(/(?:Cert Hash\(sha1\)|Thumbprint)\s*:\s*((?:[\da-f]{2} ?){20})\s*$/gim);
  return [...new Set([...lines].map(([, hex]) => hex!.replace(/\s/g, '').toUpperCase()))];
}
