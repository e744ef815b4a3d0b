import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';
import { referencesOf } from '#core/trace/reference.ts';
import { reasonTables } from '#server/reasons/join.ts';
import { anchorsOf, resolves, root, type TextFile, textFiles } from './files.ts';

const files = textFiles();
const cba = anchorsOf('docs/spec/entra-cba.md');
const graph = anchorsOf('docs/spec/graph-api.md');
const windows = anchorsOf('docs/spec/windows-sign-in.md');

/** `crl-12` → CRL: the families of rules that the specification defines. */
const families = new Set([...cba, ...graph].flatMap((anchor) => /^([a-z]{1,6})-\d+[a-z]?$/.exec(anchor)?.[1] ?? []));

/** What stands before the hyphen in names of algorithms, encodings and documents that have the form of a rule id. */
const technicalFamilies = new Set([
  's',
  'sha',
  'rsa',
  'aes',
  'utf',
  'iso',
  'cve',
  'p',
  'z',
  'x',
  'des',
  'rc',
  'hmac',
  'sp',
]);

/** Documents of others that have no page for each section. */
const externalDocuments =
  /^(X\.\d+|WebAuthn Level \d|OpenID Connect |OData |PKCS #\d+|POSIX |SQLSTATE |SQLITE_\w+|MSAL |WCAG |CVE-|cardea |graph [a-z]|Entra password policy)/;

/** A sentence for each rule id of a file that no document of docs/spec defines. Documents there name clients and sources too. */
function unknownRules({ file, text }: TextFile): string[] {
  const withName = [...text.matchAll(/(?<![\w-])([A-Z][A-Z0-9]{0,7})-(\d+[a-z]?)(?![\w-]*[a-z]*\.(?:ts|md)\b)\b/g)];
  return withName.flatMap(([id, family = '']) => {
    const lower = family.toLowerCase();
    if (families.has(lower)) return cba.has(id.toLowerCase()) || graph.has(id.toLowerCase()) ? [] : [missing(file, id)];
    return file.startsWith('docs/spec/') || technicalFamilies.has(lower.replace(/\d+$/, '')) ? [] : [missing(file, id)];
  });
}

const missing = (file: string, id: string): string =>
  `${file} names ${id}, and docs/spec defines no such rule: add it there with an anchor (docs/spec/README.md), or correct the id`;

/** Sections named with `§`. A bare one belongs to the specification, or to another document that the file names. */
function unknownSections({ file, text }: TextFile): string[] {
  return [...text.matchAll(/([A-Za-z][\w.-]*)?[ (/]*§ ?(\d+(?:\.\d+)*)/g)].flatMap(
    ([written, before = '', section = '']) => {
      const anchor = `section-${section.replaceAll('.', '-')}`;
      const document = {
        'graph-api': graph,
        'windows-sign-in': windows,
        'entra-cba': cba,
        specification: cba,
        spec: cba,
      }[before];
      if (before === 'architecture') return [`${file} names "${written}": name a heading of ARCHITECTURE.md instead`];
      if (document)
        return document.has(anchor) ? [] : [`${file} names "${written}", and that document has no such section`];
      const isOurs = cba.has(anchor) || graph.has(anchor);
      const namesAnother =
        /\bRFC ?\d+|X\.\d{3}|OpenID|WebAuthn|OData|saml|ISO\/IEC|SP 800|MS-[A-Z]+|WS-Federation/.test(text);
      return isOurs || namesAnother
        ? []
        : [`${file} names "${written.trim()}", and no document it could belong to has such a section`];
    },
  );
}

/** Paths of files that a text names, and links of Markdown documents. */
function missingFiles({ file, text }: TextFile): string[] {
  const isMarkdown = file.endsWith('.md');
  const links = isMarkdown
    ? [...text.matchAll(/\]\((?!https?:|mailto:|#|\\)([^)\s]+)\)/g)].map(([, link]) => link!)
    : [];
  const linked = links.filter((link) => !resolves(normalize(join(dirname(file), link))));
  const withName = [
    ...text.matchAll(/(?<![\w./-])((?:docs|src|test|bench|bin)\/[\w./-]*\.(?:md|ts|mjs|json|yml))(#[\w-]+)?/g),
  ]
    .map(([, path, anchor = '']) => `${path}${isMarkdown ? '' : anchor}`)
    .filter((path) => !resolves(path));
  const documents = [...text.matchAll(/(?<![\w./-])([A-Z]{4,}\.md)(#[\w-]+)?/g)]
    .map(([, path, anchor = '']) => `${path}${anchor}`)
    .filter((path) => !resolves(path) && !resolves(normalize(join(dirname(file), path))));
  return [...linked, ...withName, ...documents].map((path) => `${file} names ${path}, which is not there`);
}

describe('what source, tests and documents refer to is there', () => {
  test('the specification defines rules', () =>
    assert.ok(families.size > 25 && cba.has('crl-12') && cba.has('section-5-5')));

  test('every rule id is in docs/spec', () => assert.deepEqual([...new Set(files.flatMap(unknownRules))], []));

  test('every section is in docs/spec, or in another document that the file names', () =>
    assert.deepEqual([...new Set(files.flatMap(unknownSections))], []));

  test('every document that a message names is in the package', () => {
    const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = spawnSync('npm', words, { cwd: root, encoding: 'utf8' });
    const [{ files: packed }] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
    const codes = files
      .filter(({ file }) => file.startsWith('src/') && !file.endsWith('.test.ts'))
      .flatMap(({ text }) => [...text.matchAll(/docs\/[\w/-]+\.md/g)].map(([path]) => path));
    assert.ok(codes.length > 50);
    assert.deepEqual(
      [...new Set(codes)].filter((path) => !packed.some((item) => item.path === path)),
      [],
    );
  });

  test('every path of a file, every link and every anchor is in the repository', () =>
    assert.deepEqual([...new Set(files.flatMap(missingFiles))], []));
});

describe('what reasons cite can be read', () => {
  for (const [code, { references }] of Object.values(reasonTables).flatMap((table) =>
    Object.entries<{ readonly references: string }>(table),
  ))
    test(code, () => {
      for (const { cited, where } of referencesOf(references)) {
        if (where === undefined)
          assert.match(cited, externalDocuments, `${code} cites "${cited}", which no document of docs/spec resolves`);
        else if (!where.startsWith('https:'))
          assert.ok(resolves(where), `${code} cites ${cited}: ${where} is not there`);
      }
    });
});

describe('the check notices', () => {
  const seeded: readonly (readonly [string, string, (file: TextFile) => string[]])[] = [
    ['a rule that is not defined', `/** ${'CRL'}-99 */`, unknownRules],
    ['a family that is not defined', `/** ${'FOO'}-1 */`, unknownRules],
    ['a section that the specification does not have', `/** ${'graph-api'} §99 */`, unknownSections],
    ['a bare section that no document has', `/** ${'§'}99.9 */`, unknownSections],
    ['a document that is not there', `/** ${'docs'}/nothing.md */`, missingFiles],
  ];
  for (const [label, text, check] of seeded)
    test(label, () => assert.equal(check({ file: 'README.md', text }).length, 1));
});
