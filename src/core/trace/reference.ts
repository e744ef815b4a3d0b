/** One citation of a reason, and where it can be read. */
export interface Reference {
  /** As written: `CRL-12`, `RFC 5280 §6.1.3 (f)`. */
  readonly cited: string;
  /** A file of this repository with its anchor, or a web address; undefined for documents that have no such place. */
  readonly where: string | undefined;
}

const specification = 'docs/spec/entra-cba.md';
const documents: Readonly<Record<string, string>> = {
  'entra-cba': specification,
  'graph-api': 'docs/spec/graph-api.md',
  'windows-sign-in': 'docs/spec/windows-sign-in.md',
};

/**
 * What the `references` of a reason refer to, in order: rule ids and sections of docs/spec, RFCs, other documents of the
 * repository. A section without a document belongs to the document cited before it, otherwise to the specification of
 * certificate-based authentication (docs/spec/README.md).
 */
export function referencesOf(references: string): readonly Reference[] {
  let document: ((section: string) => string | undefined) | undefined;
  return references
    .split(/,\s+|\s+…\s+/)
    .filter((cited) => !/^\(\w+\)$/.test(cited))
    .map((cited) => {
      const citedDocument = documentIn(cited);
      if (citedDocument) document = citedDocument;
      const [, section] = /§\s?([0-9A-Z][0-9A-Za-z.-]*)/.exec(cited) ?? [];
      const where = section === undefined ? placeOf(cited) : (document ?? inSpecification)(section.replace(/\.$/, ''));
      return { cited, where };
    });
}

const inSpecification = (section: string): string => `${specification}#section-${section.replaceAll('.', '-')}`;

/** How sections of the document that this citation names are addressed; undefined when it names none. */
function documentIn(cited: string): ((section: string) => string | undefined) | undefined {
  const [, rfc] = /^RFC (\d+)/.exec(cited) ?? [];
  if (rfc !== undefined)
    return (section) =>
      `https://www.rfc-editor.org/rfc/rfc${rfc}#${/^[A-Z]/.test(section) ? 'appendix' : 'section'}-${section}`;
  const [, withName] = /^([a-z-]+) §/.exec(cited) ?? [];
  const file = withName === undefined ? undefined : documents[withName];
  if (file !== undefined) return (section) => `${file}#section-${section.replaceAll('.', '-')}`;
  return /^[^§]+§/.test(cited) ? () => undefined : undefined;
}

/** The place of a citation without a section. */
function placeOf(cited: string): string | undefined {
  const [, rfc] = /^RFC (\d+)$/.exec(cited) ?? [];
  if (rfc !== undefined) return `https://www.rfc-editor.org/rfc/rfc${rfc}`;
  const [rule] = /^[A-Z]{1,8}-\d+[a-z]?\b/.exec(cited) ?? [];
  if (rule !== undefined) return /^(CVE|X)-/.test(rule) ? undefined : `${specification}#${rule.toLowerCase()}`;
  const [, appendix] = /^Appendix ([A-Z])\b/.exec(cited) ?? [];
  if (appendix !== undefined) return `${specification}#appendix-${appendix.toLowerCase()}`;
  return /^(docs\/|[A-Z]+\.md)/.test(cited) ? cited : undefined;
}
