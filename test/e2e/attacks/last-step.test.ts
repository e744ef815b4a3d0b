import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { databasesUnderTest } from '../../contract/databases.ts';
import { setPassword } from '../second-factor/conditional-access.ts';
import { RunningServer } from '../server.ts';
import { ask, authorizeUrl, type Heard, numberIn, type OutgoingRequest } from './ask.ts';

const password = 'Correct horse battery staple';
const postsOfOneStep = 6;

/** A browser whose requests go over connections of their own, so that they reach the server at once. */
class Visitor {
  readonly #cookies = new Map<string, string>();
  readonly #server: RunningServer;
  base = '';

  constructor(server: RunningServer) {
    this.#server = server;
  }

  async send(where: string | URL, query: OutgoingRequest = {}): Promise<Heard> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie };
    const heard = await ask(this.#server, new URL(where, this.#server.origin), { ...query, headers });
    for (const line of heard.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return heard;
  }

  /** As far as the page of the password. */
  async open(username: string, change: Readonly<Record<string, string>> = {}): Promise<void> {
    const { body } = await this.send(authorizeUrl(this.#server, change));
    this.base = /\/login\/[\w-]{10,}/.exec(body)![0];
    await this.send(`${this.base}/username`, { form: { username } });
  }

  /** The same form several times at once. */
  post(path: string, form: Record<string, string>): Promise<Heard[]> {
    return Promise.all(Array.from({ length: postsOfOneStep }, () => this.send(this.base + path, { form })));
  }
}

/** A form that is sent twice, or a program that sends it often: one sign-in ends once, whichever worker the requests reach. */
for (const database of databasesUnderTest()) {
  describe(`the last step of a sign-in, posted several times at once, on ${database.name}`, {
    skip: database.missing ?? false,
  }, () => {
    let server: RunningServer;
    before(async () => {
      const place = await database.place();
      const environment =
        place.kind === 'postgres'
          ? { CARDEA_DATABASE_URL: place.url, CARDEA_SECRET_KEY: randomBytes(32).toString('base64url') }
          : {};
      server = await RunningServer.start({ ...environment, CARDEA_WORKERS: '2' });
      await setPassword(server, 'ben@woodgrove.test', password);
    });
    after(async () => {
      await server?.remove();
      database.end();
    });

    const isCode = ({ headers }: Heard) => /^http:\/\/localhost.*[?&]code=/.test(headers.location?.[0] ?? '');

    /** One answer leads to the application, and its session is the browser's; the others say that the sign-in has ended. */
    async function expectOneEnd(visitor: Visitor, answers: readonly Heard[]): Promise<void> {
      const losers = answers.filter((answer) => !isCode(answer));
      const seen = losers.map((answer) => `${answer.status} ${numberIn(answer)}`);
      assert.deepEqual(seen, Array(postsOfOneStep - 1).fill('400 AADSTS90100'));
      assert.match(losers[0]!.body, /This sign-in has ended or was started in another browser window/);
      for (const { headers } of losers) assert.deepEqual(headers['set-cookie'] ?? [], []);
      const again = await visitor.send(authorizeUrl(server, { prompt: 'none' }));
      assert.ok(isCode(again), `${again.status} ${again.headers.location}`);
    }

    // Several sign-ins: in one of them alone it may be that every request comes when the sign-in has ended.
    const attempts = [1, 2, 3, 4];

    test('a password: one code', async () => {
      for (const _ of attempts) {
        const visitor = new Visitor(server);
        await visitor.open('ben@woodgrove.test');
        await expectOneEnd(visitor, await visitor.post('/password', { password }));
      }
    });

    test('the question whether to stay signed in: one code', async () => {
      await server.cardea('tenant', 'brand', '--stay-signed-in', 'ask');
      for (const _ of attempts) {
        const visitor = new Visitor(server);
        await visitor.open('ben@woodgrove.test');
        const question = await visitor.send(`${visitor.base}/password`, { form: { password } });
        assert.match(question.headers.location?.[0] ?? '', /\/stay$/);
        await expectOneEnd(visitor, await visitor.post('/stay', { stay: 'yes' }));
      }
      await server.cardea('tenant', 'brand', '--stay-signed-in', 'never');
    });

    test('as another user than the one who is signed in: one code', async () => {
      await setPassword(server, 'ana@woodgrove.test', password);
      for (const _ of attempts) {
        const visitor = new Visitor(server);
        await visitor.open('ana@woodgrove.test');
        assert.ok(isCode(await visitor.send(`${visitor.base}/password`, { form: { password } })));
        await visitor.open('ben@woodgrove.test', { prompt: 'login' });
        await expectOneEnd(visitor, await visitor.post('/password', { password }));
      }
    });

    test('the end by the person: the application is notified once', async () => {
      const visitor = new Visitor(server);
      await visitor.open('ben@woodgrove.test');
      const answers = await visitor.post('/cancel', {});
      const winners = answers.filter(({ headers }) => headers.location?.[0]?.includes('error=access_denied'));
      assert.equal(winners.length, 1);
      const losers = answers.filter((answer) => !winners.includes(answer));
      assert.deepEqual(losers.map(numberIn), Array(postsOfOneStep - 1).fill('AADSTS90100'));
    });
  });
}
