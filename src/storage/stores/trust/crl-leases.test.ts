import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOnNodes } from '#test/contract/each-database.ts';

describeOnNodes('leases of CRL downloads', ({ clock, database, nodes }) => {
  if (!database.isShared)
    test('SQLite belongs to one process, which needs no leases of downloads', () =>
      assert.equal(nodes()[0].crlBytes.leases, undefined));
  else
    test('of many who claim a download one gets it, until it is released or has ended', async () => {
      const url = 'http://crl.test/root.crl';
      const leases = () => nodes()[0].crlBytes.leases!;
      const inSeconds = (seconds: number) => new Date(clock.at.getTime() + seconds * 1000);
      const takers = Array.from({ length: 10 }, (_, n) =>
        nodes()[n % 2]!.crlBytes.leases!.take(url, `holder ${n}`, clock.at, inSeconds(20)),
      );
      const duration = await Promise.all(takers);
      assert.equal(duration.filter(Boolean).length, 1);
      const holder = `holder ${duration.indexOf(true)}`;
      assert.equal(await leases().take(url, holder, clock.at, inSeconds(30)), true, 'it may be renewed');
      assert.equal(await leases().take(url, 'another', inSeconds(29.999), inSeconds(60)), false);
      assert.equal(await leases().take(url, 'another', inSeconds(30), inSeconds(60)), true);
      await leases().release(url, holder);
      assert.equal(
        await leases().take(url, holder, inSeconds(31), inSeconds(60)),
        false,
        'a server releases only its own lease',
      );
      await leases().release(url, 'another');
      assert.equal(await leases().take(url, holder, inSeconds(31), inSeconds(60)), true);
      await nodes()[0].prune(inSeconds(60), { signInsSince: clock.at });
      assert.equal(await leases().take(url, 'another', clock.at, inSeconds(1)), true, 'what has ended is pruned');
    });
});
