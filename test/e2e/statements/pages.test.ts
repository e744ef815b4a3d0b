import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import type { Place } from '#storage/database/open.ts';
import { databasesUnderTest } from '../../contract/databases.ts';
import { RunningServer } from '../server.ts';
import { type Frame, framesOf } from './wal-frames.ts';

/** Sign-ins of which the mean counts: a page that is full becomes two, at one sign-in and not at the next. */
const signIns = 8;
/** Pages that a certificate sign-in writes into the log of SQLite, from authorize to tokens: the mean, at most. */
const mostPages = 77;
/** Commits of a sign-in on SQLite, those included that do not wait for the disk. */
const mostCommits = 10;
/** Octets of the log of PostgreSQL that a sign-in writes: the median, at most. A page is written whole after a checkpoint. */
const mostOctets = 25_000;

for (const database of databasesUnderTest())
  describe(`what a sign-in writes to disk, on ${database.name}`, { skip: database.missing ?? false }, () => {
    let place: Place;
    let server: RunningServer;
    before(async () => {
      place = await database.place();
      server = await RunningServer.start(
        place.kind === 'postgres'
          ? { CARDEA_DATABASE_URL: place.url, CARDEA_SECRET_KEY: randomBytes(32).toString('base64url') }
          : {},
      );
      for (let turn = 0; turn < signIns; turn++) await signIn();
    });
    after(async () => {
      await server?.remove();
      database.end();
    });

    async function signIn(): Promise<void> {
      const end = await server.signIn('ana@woodgrove.test', server.card('ana'));
      assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    }

    if (database.name === 'SQLite')
      test(`is at most ${mostPages} pages, in at most ${mostCommits} commits`, async () => {
        const writes: (readonly Frame[])[] = [];
        while (writes.length < signIns) {
          const frames = await framesOf(server.folder, signIn);
          if (frames) writes.push(frames);
        }
        const mean = (count: (frames: readonly Frame[]) => number) =>
          writes.reduce((sum, frames) => sum + count(frames), 0) / writes.length;
        const pages = mean((frames) => frames.length);
        const commits = mean((frames) => frames.filter(({ isCommit }) => isCommit).length);
        assert.ok(pages > 20 && pages <= mostPages, `${pages} pages: ${writes.map(({ length }) => length)}`);
        assert.ok(commits > 3 && commits <= mostCommits, `${commits} commits`);
      });
    else
      test(`is at most ${mostOctets} octets`, async () => {
        const client = new pg.Client((place as Place & { readonly kind: 'postgres' }).url);
        await client.connect();
        const position = async () => {
          const { rows } = await client.query('select pg_current_wal_insert_lsn() - $1::pg_lsn as at', ['0/0']);
          return Number(rows[0].at);
        };
        const sizes: number[] = [];
        for (let turn = 0; turn < signIns; turn++) {
          const begin = await position();
          await signIn();
          sizes.push((await position()) - begin);
        }
        await client.end();
        const median = sizes.toSorted((first, second) => first - second)[signIns / 2]!;
        assert.ok(median > 1_000 && median <= mostOctets, `${median} octets: ${sizes}`);
      });
  });
