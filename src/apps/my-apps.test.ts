import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { myApps, type Tile } from './my-apps.ts';
import { seal } from './sealed-cookie.ts';

const tile = (displayName: string, more: Partial<Tile> = {}): Tile => ({
  ...{ appId: `${displayName}-id`, displayName, homepage: `https://${displayName.toLowerCase()}.test/` },
  ...{ description: undefined, collections: [], logo: undefined, lastUsedDateTime: undefined, ...more },
});
const tiles: readonly Tile[] = [
  tile('Payroll', { collections: ['Money', 'People'], logo: '/branding/t/applications/p/logo?v=1' }),
  tile('Travel', {
    collections: ['Money'],
    description: 'Book <trips>',
    lastUsedDateTime: new Date('2027-03-01T12:00:00Z'),
  }),
  tile('Wiki'),
];
const claims = { tid: 't', oid: 'u', name: 'Ana', preferred_username: 'ana@woodgrove.test', amr: ['rsa', 'mfa'] };

/** The page of a signed-in user. */
async function pageAt(path: string, offered: readonly Tile[] = tiles): Promise<string> {
  const requests: unknown[] = [];
  const app = myApps(
    {
      ...{ clientId: 'c', origin: 'https://localhost', base: '/myapps', fetch: globalThis.fetch },
      now: () => new Date('2027-03-01T12:00:00Z'),
    },
    {
      tiles: async (user) => {
        requests.push(user);
        return offered;
      },
      brandOf: async () => ({ displayName: 'Woodgrove' }),
    },
  );
  const [cookie = ''] = seal('__Host-app-myapps', { claims, idToken: '', issuer: '' }, 3600).split(';');
  const response = await app.request(path, { headers: { cookie } });
  assert.equal(response.status, 200);
  assert.deepEqual(requests, [{ tenantId: 't', userId: 'u' }]);
  return response.text();
}
const namesOn = (page: string) =>
  [...page.matchAll(/<bdi>([^<]*)<\/bdi>(?:<small>|<\/span>)/g)].map(([, name]) => name);

describe('My Apps', () => {
  test('collections come in alphabetical order, then what is in none; a tile is in each of its collections', async () => {
    const page = await pageAt('/myapps');
    const headings = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, heading]) => heading);
    assert.deepEqual(headings, ['Money', 'People', 'Other applications']);
    assert.deepEqual(namesOn(page), ['Payroll', 'Travel', 'Payroll', 'Wiki']);
  });

  test('a logo is a picture without words, and an application without one has its first letter', async () => {
    const page = await pageAt('/myapps');
    assert.match(page, /<img class="sign" src="\/branding\/t\/applications\/p\/logo\?v=1" alt="">/);
    assert.match(page, /<span class="sign sign-\d" aria-hidden="true">W<\/span>/);
  });

  test('a tile says what the application is for, and when it was used last in the language of the page', async () => {
    assert.match(await pageAt('/myapps'), /Book &lt;trips&gt;<\/small><small>Last used on Mar 1, 2027</);
    assert.match(await pageAt('/myapps?mkt=de'), /Zuletzt verwendet am 01\.03\.2027</);
  });

  const searches: readonly (readonly [search: string, names: readonly string[]])[] = [
    ['', ['Payroll', 'Travel', 'Payroll', 'Wiki']],
    ['PAY', ['Payroll', 'Payroll']],
    ['money trips', ['Travel']],
    ['wiki.test', ['Wiki']],
    ['  ', ['Payroll', 'Travel', 'Payroll', 'Wiki']],
    ['nothing of the kind', []],
  ];
  for (const [search, names] of searches)
    test(`"${search}" leaves ${names.length} tiles, without script`, async () => {
      const page = await pageAt(`/myapps?q=${encodeURIComponent(search)}`);
      assert.deepEqual(namesOn(page), names);
      assert.equal(page.includes('>No application matches.<'), names.length === 0);
    });

  test('what is typed is not read as markup', async () => {
    assert.doesNotMatch(await pageAt(`/myapps?q=${encodeURIComponent('"><script>')}`), /<script>/);
  });

  test('a user without applications reads so, and has no search', async () => {
    const page = await pageAt('/myapps', []);
    assert.match(page, /No application has been published here yet\./);
    assert.doesNotMatch(page, /role="search"/);
  });

  test('how one signed in stands behind the name of the account, in words', async () => {
    assert.match(
      await pageAt('/myapps'),
      /<summary><bdi id="who">ana@woodgrove\.test<\/bdi><\/summary>[\s\S]*a certificate/,
    );
  });
});
