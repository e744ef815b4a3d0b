import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item } from '../odata/evaluate.ts';
import { parseQuery } from '../odata/query.ts';
import { SkipTokens } from '../odata/skip-token.ts';
import type { Call } from '../protocol/call.ts';
import { logPage } from './log-page.ts';

const view = { set: 'auditLogs/entries', type: 'microsoft.graph.entry' };
const tokens = new SkipTokens(Buffer.alloc(32, 7));

/** A call of Graph with the given query, as far as a page of a log looks at it. */
const callOf = (search: string): Call =>
  ({
    request: { origin: 'https://graph.test', pathname: '/v1.0/auditLogs/entries', search, header: () => undefined },
    version: 'v1.0',
    query: parseQuery(search),
    ports: { tenant: { id: 'woodgrove' } },
    tokens,
    strict: false,
  }) as unknown as Call;

interface Entry extends Item {
  readonly id: string;
  readonly at: string;
  readonly user: string;
}

/** A log of `length` entries, newest first; every `nth` of them is about Ana. */
function logOf(length: number, nth: number) {
  const entries: readonly Entry[] = Array.from({ length }, (_, at) => ({
    id: String(at).padStart(5, '0'),
    at: new Date(Date.UTC(2026, 10, 27) - at * 1000).toISOString(),
    user: at % nth === 0 ? 'ana' : 'ben',
  }));
  /** How many entries each read took. */
  const reads: number[] = [];
  let turns = 0;
  return {
    reads,
    log: {
      time: 'at',
      read: async ({ top, after }: { readonly top: number; readonly after: { readonly id: string } | undefined }) => {
        assert.equal(turns, reads.length, 'what another request left to do was not done before the next part');
        setImmediate(() => turns++);
        reads.push(top);
        const from = after ? entries.findIndex(({ id }) => id === after.id) + 1 : 0;
        return entries.slice(from, from + top);
      },
    },
  };
}

interface PageOfLog {
  readonly value: readonly Entry[];
  readonly '@odata.nextLink'?: string;
}

const pageOf = async (log: ReturnType<typeof logOf>['log'], search: string) =>
  (await logPage(callOf(search), log, view)).body as PageOfLog;

const ofAna = "$filter=user%20eq%20'ana'";
const growing = [11, 22, 44, ...Array(49).fill(50)];
const cases = [
  { name: 'one entry more than the page', search: '?$top=10', nth: 1, reads: [11], matches: 10, hasNext: true },
  {
    name: 'a page without $top in parts of 50',
    search: '',
    nth: 1,
    reads: Array(21).fill(50),
    matches: 1000,
    hasNext: true,
  },
  {
    name: 'twice as many each time where few belong to it',
    search: `?$top=10&${ofAna}`,
    nth: 40,
    reads: growing.slice(0, 10),
    matches: 10,
    hasNext: true,
  },
  {
    name: 'no more than 2,500 and the part that passes them',
    search: `?$top=10&${ofAna}`,
    nth: 5000,
    reads: growing,
    matches: 1,
    hasNext: true,
  },
  {
    name: 'the whole of a short log',
    length: 60,
    search: `?$top=10&${ofAna}`,
    nth: 20,
    reads: [11, 22, 44],
    matches: 3,
    hasNext: false,
  },
] as const;
for (const { name, search, nth, reads: expected, matches, hasNext, ...log } of cases)
  test(`a page of a log reads ${name}`, async () => {
    const { log: source, reads } = logOf('length' in log ? log.length : 10_000, nth);
    const page = await pageOf(source, search);
    assert.deepEqual(reads, expected);
    assert.equal(page.value.length, matches);
    assert.equal('@odata.nextLink' in page, hasNext);
  });

test('pages that follow each other have every entry once, also where a page ends before it is full', async () => {
  const { log } = logOf(6000, 700);
  const ids: string[] = [];
  let search: string | undefined = `?$top=4&${ofAna}`;
  let pages = 0;
  for (; search !== undefined; pages++) {
    const page: PageOfLog = await pageOf(log, search);
    ids.push(...page.value.map(({ id }) => id));
    search = page['@odata.nextLink'] && new URL(page['@odata.nextLink']).search;
  }
  assert.deepEqual(ids, ['00000', '00700', '01400', '02100', '02800', '03500', '04200', '04900', '05600']);
  assert.equal(pages, 3);
});
