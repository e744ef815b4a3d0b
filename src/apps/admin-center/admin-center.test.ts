import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { adminCenter } from './admin-center.ts';
import type { AdminCenterBuild, BuildState } from './build.ts';
import { type BuiltPages, readBuiltPages } from './built-files.ts';

const routesOf = (state: BuildState, pages?: BuiltPages) =>
  adminCenter({ state, pages } as unknown as AdminCenterBuild, 'client-1');

describe('the admin center without built pages says why', () => {
  const cases: readonly { state: BuildState; words: RegExp; isReloaded: boolean }[] = [
    { state: 'building', words: /is being built/, isReloaded: true },
    { state: 'off', words: /buildAdminCenter/, isReloaded: false },
    { state: 'toolsMissing', words: /npm ci --omit=dev/, isReloaded: false },
    { state: 'failed', words: /npm run build/, isReloaded: false },
  ];
  for (const { state, words, isReloaded } of cases)
    test(state, async () => {
      const answer = await routesOf(state).request('/admin/users');
      const text = await answer.text();
      assert.equal(answer.status, 503);
      assert.match(text.replaceAll('&quot;', '"'), words);
      assert.equal(text.includes('<meta http-equiv="refresh" content="2;url=/admin/users">'), isReloaded);
    });
});

describe('the built pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-built-'));
  const script = 'export const a = 1;\n';
  let routes: ReturnType<typeof routesOf>;
  before(() => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(
      join(folder, 'index.html'),
      '<meta property="csp-nonce" nonce="%NONCE%"><meta name="client-id" content="%CLIENT_ID%">',
    );
    writeFileSync(join(folder, 'assets', 'a-1.js'), script);
    writeFileSync(join(folder, 'assets', 'a-1.js.gz'), gzipSync(script));
    routes = routesOf('current', readBuiltPages(folder));
  });
  after(() => rmSync(folder, { recursive: true }));

  test('every path below /admin is the one page, with a policy that lets only its own files and host in', async () => {
    const answer = await routes.request('/admin/users/some-id');
    const policy = answer.headers.get('content-security-policy')!;
    const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
    assert.equal(answer.status, 200);
    assert.equal(
      await answer.text(),
      `<meta property="csp-nonce" nonce="${nonce}"><meta name="client-id" content="client-1">`,
    );
    assert.doesNotMatch(policy, /unsafe|\*/);
    for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
      assert.ok(policy.split('; ').includes(part), part);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const response = await routes.request('/admin/');
    assert.ok(!response.headers.get('content-security-policy')!.includes(nonce), 'each answer has a nonce of its own');
  });

  test('a file is kept by browsers for a year, and compressed for those that take it', async () => {
    const plain = await routes.request('/admin/assets/a-1.js');
    assert.equal(await plain.text(), script);
    assert.equal(plain.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(plain.headers.get('content-encoding'), null);
    const zipped = await routes.request('/admin/assets/a-1.js', { headers: { 'accept-encoding': 'br, gzip;q=0.8' } });
    assert.equal(zipped.headers.get('content-encoding'), 'gzip');
    assert.equal(zipped.headers.get('content-type'), 'text/javascript; charset=utf-8');
  });

  for (const path of ['/admin/assets/b.js', '/admin/assets/..%2findex.html', '/admin/assets/a-1.js.gz'])
    test(`there is nothing at ${path}`, async () => assert.equal((await routes.request(path)).status, 404));

  test('/admin leads to /admin/', async () => {
    const answer = await routes.request('/admin?x=1');
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/admin/?x=1']);
  });
});
