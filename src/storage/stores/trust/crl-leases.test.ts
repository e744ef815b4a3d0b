import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOnNodes } from '#test/contract/each-database.ts';

describeOnNodes('leases of CRL downloads', ({ clock, database, nodes }) => {
  if (!database.isShared)
    test('SQLite belongs to one process, which needs no leases of downloads', () =>
      assert.equal(nodes()[0].crlBytes.claims, undefined));
  else
    test('of many who claim a download one gets it, until it is released or has ended', async () => {
      const url = 'http://crl.test/root.crl';
      const claims = () => nodes()[0].crlBytes.claims!;
      const inSeconds = (seconds: number) => new Date(clock.at.getTime() + seconds * 1000);
      const takers = Array.from({ length: 10 }, (_, n) =>
        nodes()[n % 2]!.crlBytes.claims!.take(url, `holder ${n}`, clock.at, inSeconds(20)),
      );
      const duration = await Promise.all(takers);
      assert.equal(duration.filter(Boolean).length, 1);
      const holder = `holder ${duration.indexOf(true)}`;
      assert.equal(await claims().take(url, holder, clock.at, inSeconds(30)), true, 'it may be renewed');
      assert.equal(await claims().take(url, 'another', inSeconds(29.999), inSeconds(60)), false);
      assert.equal(await claims().take(url, 'another', inSeconds(30), inSeconds(60)), true);
      await claims().release(url, holder);
      assert.equal(
        await claims().take(url, holder, inSeconds(31), inSeconds(60)),
        false,
        'a server releases only its own lease',
      );
      await claims().release(url, 'another');
      assert.equal(await claims().take(url, holder, inSeconds(31), inSeconds(60)), true);
      await nodes()[0].prune(inSeconds(60), { signInsSince: clock.at });
      assert.equal(await claims().take(url, 'another', clock.at, inSeconds(1)), true, 'what has ended is pruned');
    });
});
