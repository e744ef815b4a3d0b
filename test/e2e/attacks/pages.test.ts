import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Attempt } from '../attempt.ts';
import { RunningServer } from '../server.ts';
import { ask, authorizeUrl, type Heard, numberIn, type OutgoingRequest, verifier } from './ask.ts';

/** What other pages, other hosts, caches and strangers can do with our pages and cookies. */
describe('pages and cookies are of no use to another browser', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    const { code, err } = await server.cardea('user', 'add', 'carl@woodgrove.test');
    assert.equal(code, 0, err);
  });
  after(() => server.remove());

  /** An authorize request's cookies and the address of the sign-in pages, as a browser would have them. */
  async function begin(): Promise<{ cookies: readonly string[]; page: URL }> {
    const url = authorizeUrl(server);
    const heard = await ask(server, url, { headers: { accept: 'text/html' } });
    const [base] = /\/login\/[\w-]+/.exec(heard.body)!;
    return { cookies: pairsOf(heard), page: new URL(base, url) };
  }
  const pairsOf = ({ headers }: Heard) => (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!);

  async function everyPage(): Promise<readonly (readonly [string, Heard])[]> {
    const { cookies, page } = await begin();
    const cookie = { headers: { cookie: cookies.join('; '), accept: 'text/html' } };
    const withName = await ask(server, new URL(`${page.href}/username`), {
      ...cookie,
      form: { username: 'ana@woodgrove.test' },
    });
    const certauth = await new Attempt(server, undefined).toCertauth('ana@woodgrove.test');
    return [
      ['the user-name page', await ask(server, page, { headers: { cookie: cookies.join('; ') } })],
      ['the redirect after it', withName],
      ['the password page', await ask(server, page, cookie)],
      ['a wrong password', await ask(server, new URL(`${page.href}/password`), { ...cookie, form: { password: 'x' } })],
      ['another browser’s interaction', await ask(server, page)],
      ['the first page of all tenants', await ask(server, new URL('/organizations/login', server.origin))],
      ['a refusal by certauth', await ask(server, certauth)],
      [
        'a certificate accepted',
        await ask(server, await new Attempt(server, undefined).toCertauth('ana@woodgrove.test'), {
          card: server.card('ana'),
        }),
      ],
      [
        'an authorize request that is refused',
        await ask(server, authorizeUrl(server, { redirect_uri: 'https://evil.test/' }), {
          headers: { accept: 'text/html' },
        }),
      ],
      ['the page after signing out', await ask(server, new URL('/woodgrove.test/oauth2/v2.0/logout', server.origin))],
      ['My Apps', await ask(server, new URL('/myapps', server.origin))],
    ];
  }

  test('no page lets itself be framed, run foreign script, kept, or told to others (clickjacking, caches)', async () => {
    for (const [name, { headers, status }] of await everyPage()) {
      const [policy = ''] = headers['content-security-policy'] ?? [];
      const isPage = headers['content-type']?.[0]?.startsWith('text/html');
      if (isPage) {
        assert.match(policy, /frame-ancestors 'none'/, name);
        assert.match(policy, /default-src 'none'/, name);
        assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|\*(?!\.certauth)/, name);
        assert.deepEqual(headers['x-frame-options'], ['DENY'], name);
        assert.deepEqual(headers['x-content-type-options'], ['nosniff'], name);
        assert.deepEqual(headers['referrer-policy'], ['same-origin'], name);
      }
      if (isPage || status < 400) assert.match(headers['cache-control']?.[0] ?? '', /no-store/, `${name} is kept`);
    }
  });

  test('tokens, codes and handoffs are kept by no cache', async () => {
    const attempt = new Attempt(server, server.card('ana'));
    let page = await attempt.browser.get(await attempt.toHandoff('ana@woodgrove.test'));
    while (page.location && !page.location.startsWith(commandLineApplication.redirectUris[0]!))
      page = await attempt.browser.get(new URL(page.location, page.url));
    const heard = await ask(server, new URL('/woodgrove.test/oauth2/v2.0/token', server.origin), {
      form: {
        grant_type: 'authorization_code',
        client_id: commandLineApplication.appId,
        redirect_uri: commandLineApplication.redirectUris[0]!,
        code_verifier: verifier,
        code: new URL(page.location!).searchParams.get('code')!,
      },
    });
    assert.equal(heard.status, 200);
    assert.match(heard.headers['cache-control']?.[0] ?? '', /no-store/);
  });

  test('cookies are host-only, and the certauth hosts set none (cookie tossing)', async () => {
    const lines = (await ask(server, authorizeUrl(server))).headers['set-cookie'] ?? [];
    assert.ok(lines.length > 0);
    for (const line of lines) {
      assert.match(line, /; secure/i);
      assert.match(line, /; httponly/i);
      assert.match(line, /samesite=lax/i);
      assert.doesNotMatch(line, /domain=/i);
      assert.match(line, /^__(Host|Secure)-/);
    }
    const certauth = await new Attempt(server, undefined).toCertauth('ana@woodgrove.test');
    assert.equal((await ask(server, certauth, { card: server.card('ana') })).headers['set-cookie'], undefined);
  });

  test('an interaction’s cookie set over another browser’s opens neither with the other', async () => {
    const [victim, attacker] = [await begin(), await begin()];
    const interaction = (cookies: readonly string[]) =>
      cookies.filter((pair) => pair.startsWith('__Secure-cardea-interaction'));
    const tossed = [...interaction(attacker.cookies), ...victim.cookies].join('; ');
    const heard = await ask(server, victim.page, { headers: { cookie: tossed } });
    // Whichever of the two the server reads: never the attacker's interaction at the victim's address.
    if (heard.status === 200) assert.doesNotMatch(heard.body, new RegExp(attacker.page.pathname));
    else assert.equal(numberIn(heard), 'AADSTS90100');
    const alone = await ask(server, victim.page, { headers: { cookie: interaction(attacker.cookies).join('; ') } });
    assert.deepEqual([alone.status, numberIn(alone)], [400, 'AADSTS90100']);
  });

  test('a forged or changed session cookie signs no user in', async () => {
    const id = await server.tenantId();
    for (const value of ['x', 'a'.repeat(43), '../../x', '%00']) {
      const heard = await ask(server, authorizeUrl(server, { prompt: 'none' }), {
        headers: { cookie: `__Host-cardea-session-${id}=${value}` },
      });
      assert.match(heard.headers.location?.[0] ?? '', /error=login_required/);
    }
  });

  test('a form posted from another site is refused, whatever it is for (login CSRF)', async () => {
    const { cookies, page } = await begin();
    const expectForeign = async (url: URL, query: OutgoingRequest) => {
      const { status, body } = await ask(server, url, query);
      assert.deepEqual([status, numberIn({ body })], [403, 'AADSTS90100'], `${JSON.stringify(query.headers)} ${url}`);
      assert.match(body, /This form was sent by another website/);
    };
    const rows = [
      [`${page.href}/username`, { username: 'eve@woodgrove.test' }],
      [`${page.href}/password`, { password: 'x' }],
      [`${server.origin}/organizations/login`, { username: 'eve@woodgrove.test' }],
    ] as const;
    for (const site of ['cross-site', 'same-site']) {
      for (const [url, form] of rows) {
        const headers = { cookie: cookies.join('; '), 'sec-fetch-site': site };
        await expectForeign(new URL(url), { form, headers });
      }
    }
    for (const origin of ['https://evil.example', 'null', `${server.origin}.evil.example`]) {
      for (const [url, form] of rows) {
        const headers = { cookie: cookies.join('; '), origin };
        await expectForeign(new URL(url), { form, headers });
      }
    }
    const sameOrigin = [{ origin: server.origin }, { 'sec-fetch-site': 'same-origin', origin: server.origin }, {}];
    for (const headers of sameOrigin) {
      const answer = await ask(server, new URL(rows[2][0]), { form: rows[2][1], headers });
      assert.equal(answer.status, 303, JSON.stringify(headers));
    }
  });

  test('the id in an address makes no cookie: a page and a resumption need the signature (interaction forgery)', async () => {
    const { cookies, page } = await begin();
    const uid = page.pathname.split('/')[2]!;
    const names = ['__Secure-cardea-interaction', '__Secure-cardea-resume'];
    const forgery = names.flatMap((name) => [`${name}=${uid}`, `${name}.sig=AAAAAAAAAAAAAAAAAAAAAAAAAAA`]);
    for (const cookie of [names.map((name) => `${name}=${uid}`), forgery]) {
      assert.equal((await ask(server, page, { headers: { cookie: cookie.join('; ') } })).status, 400);
    }
    const answer = await ask(server, page, { headers: { cookie: cookies.join('; ') } });
    assert.equal(answer.status, 200, 'requests of others did not end it');
    assert.match(answer.headers['strict-transport-security']?.[0] ?? '', /max-age=31536000/);
  });

  test('no page tells who exists: a known and an unknown name, with a password and without (enumeration)', async () => {
    const answersFor = async (username: string) => {
      const { cookies, page } = await begin();
      const cookie = { headers: { cookie: cookies.join('; ') } };
      const first = await ask(server, new URL(`${page.href}/username`), { ...cookie, form: { username } });
      const second = await ask(server, page, cookie);
      const third = await ask(server, new URL(`${page.href}/password`), { ...cookie, form: { password: 'wrong' } });
      const plain = ({ status, headers, body }: Heard) => ({
        status,
        names: Object.keys(headers).sort(),
        body: body
          .replaceAll(username, 'NAME')
          .replaceAll(username.split('@')[0]!, 'NAME')
          .replace(/[\w-]{16,}/g, '*')
          .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'TIME'),
      });
      return [first, second, third].map(plain);
    };
    const unknown = await answersFor('nobody@woodgrove.test');
    assert.equal(unknown[2]?.status === 200, false);
    for (const username of ['ben@woodgrove.test', 'carl@woodgrove.test'])
      assert.deepEqual(await answersFor(username), unknown, username);
  });
});
