import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sources } from './modules.ts';

/** Files that read parameters of a query or form without a schema, each with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'cli/client/token-card.ts': 'the query attributes of a PKCS #11 URI, which is no form (RFC 7512 §2.3)',
  'cli/device/wire/transcript.ts': 'hides the secrets of an address, whatever its parameters are',
  'schema/form.ts': 'the reader',
  'storage/database/postgres/postgres-servers.ts': 'the URL of the database, as libpq reads it; storage has no zod',
};

/**
 * Whether a text reads parameters itself. What writes them uses `new URLSearchParams({ … })`, and `set`, `append` or `delete` of
 * the parameters of a URL.
 */
const readsParameters = (text: string): boolean =>
  /\.req\.quer(?:y|ies)\(|\.parseBody\(|\.formData\(|\bURLSearchParams\b(?!\(\s*\{)|\.searchParams\b(?!\.(?:set|append|delete)\()|\bsearchParams\b\s*[}=,]|['"](?:node:)?querystring['"]|\.split\('\?'\)(?!\[0\])/.test(
    text,
  );

test('parameters of queries and forms are read in the form of a schema, but for the files pinned here', () =>
  assert.deepEqual(
    sources
      .filter(({ text }) => readsParameters(text))
      .map(({ file }) => file)
      .sort(),
    Object.keys(exceptions).sort(),
  ));

for (const [text, isReader] of [
  ["const ticket = c.req.query('ticket') ?? '';", true],
  ["const all = c.req.queries('ticket');", true],
  ['const { code } = await c.req.parseBody();', true],
  ['const form = await request.formData();', true],
  ["const form = new URLSearchParams(await c.req.text()).get('code');", true],
  ['function codeOf(form: URLSearchParams): string {', true],
  ["const code = new URL(request.url).searchParams.get('code');", true],
  ['const { searchParams } = new URL(request.url);', true],
  ['const query = url.searchParams;', true],
  ["import { parse } from 'node:querystring';", true],
  ["const query = (req.url ?? '').split('?')[1];", true],
  ["const path = (req.url ?? '/').split('?')[0];", false],
  ["url.searchParams.set('code', code);", false],
  ['const body = String(new URLSearchParams({ code }));', false],
  ['const body = new URLSearchParams({\n  code,\n});', false],
  ['const { code } = await fieldsOfForm(c, codeForm);', false],
] as const)
  test(`it ${isReader ? 'reads parameters' : 'reads none'}: ${text}`, () =>
    assert.equal(readsParameters(text), isReader));
