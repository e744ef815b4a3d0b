/** How strong is this certificate? The authentication binding (step `strength`) and its configuration. */
export const strengthReasons = {
  certificateRated: {
    references: '§6.3, §6.4',
    message: (e: {
      mode: 'x509CertificateSingleFactor' | 'x509CertificateMultiFactor';
      requiredAffinity: 'low' | 'high';
      decidedBy: 'issuerSubjectAndPolicyOID' | 'policyOID' | 'issuerSubject' | 'default';
      identifiers: readonly string[];
    }) =>
      `${e.mode === 'x509CertificateMultiFactor' ? 'multifactor' : 'single-factor'}, ${e.requiredAffinity} affinity, by ${
        e.decidedBy === 'default' ? 'the tenant default' : `${e.decidedBy} ${e.identifiers.join(', ')}`
      }`,
  },
  ruleTypeUnknown: {
    entra: 0,
    references: '§6.1',
    message: (e: { type: string; allowed: readonly string[] }) =>
      `"${e.type}" is not a rule type; use ${e.allowed.join(', ')}`,
  },
  ruleOidMalformed: {
    entra: 0,
    references: 'AB-2, RFC 5280 §4.2.1.4',
    message: (e: { value: string }) => `"${e.value}" is not a policy OID in dotted decimal, such as 1.2.3.4`,
    remedy: 'Enter the OID, not its display name; "All issuance policies" is 2.5.29.32.0.',
  },
  ruleIssuerMalformed: {
    entra: 0,
    references: 'AB-1',
    message: (e: { value: string }) => `"${e.value}" is not the distinguished name of a CA`,
    remedy: 'Enter the subject of the issuing CA, such as CN=ContosoCA,DC=Contoso,DC=org.',
  },
  ruleRepeated: {
    entra: 0,
    references: 'AB-14',
    message: (e: { type: string; identifier: string }) => `there are two ${e.type} rules for ${e.identifier}`,
    remedy: 'Keep one rule for each issuer, each OID and each pair of both.',
  },
  ruleIssuerUnknown: {
    entra: 0,
    references: 'Appendix A',
    message: (e: { issuer: string }) =>
      `the trust store has no CA ${e.issuer}, so this rule currently matches no certificate`,
    remedy: 'Upload the CA, or correct the name in the rule.',
  },
  issuerHintsChosen: {
    references: 'HINT-2, HINT-3',
    message: (e: { count: number; bytes: number; because: string }) =>
      `${e.count} CA names, ${e.bytes} bytes, are sent in the handshake: ${e.because}`,
  },
  issuerHintsTooLarge: {
    entra: 0,
    references: 'HINT-4',
    message: (e: { count: number; bytes: number; limit: number }) =>
      `${e.count} CA names have ${e.bytes} bytes, more than the ${e.limit} that clients accept; no issuer hints are sent, so certificate pickers show every certificate`,
    remedy: 'Enable issuer hints only for CAs that issue user certificates (isIssuerHintEnabled).',
  },
};
