import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../../graph/graph-server.ts';
import { runCardea } from '../server.ts';
import { assertFault, assertFaultAndLine, type Probe, prepareProbes, refresh, refreshTokenOf } from './clients.ts';
import { mountSmallDisk } from './small-disk.ts';

const disk = mountSmallDisk(8);

/** Probes whose answer needs nothing to be written. */
const reading = new Set([
  ...['discovery', 'JWKS', 'user realm', 'userinfo', 'login page', 'page of a factor', 'security info'],
  ...['Graph, a list', 'Graph, $batch', 'command line'],
]);

/** Probes that may or may not write, by what the browser has. */
const either = new Set([
  'sign-out',
  'token, device code',
  'authorize, prompt=none',
  'authorize, form_post and prompt=none',
]);

describe('a server whose SQLite database fails', { skip: disk.missing ?? false }, () => {
  let graph: GraphServer;
  let probes: readonly Probe[];
  before(async () => {
    graph = await GraphServer.start({}, join(disk.folder, 'data'));
    probes = await prepareProbes(graph);
  });
  after(async () => {
    await graph?.server.remove();
    disk.remove();
  });

  async function assertFaultsOfWriting(): Promise<void> {
    for (const probe of probes.filter(({ name }) => !reading.has(name) && !either.has(name))) {
      await assertFaultAndLine(graph, probe);
    }
    for (const { name, send, isRight } of probes.filter(({ name }) => reading.has(name))) {
      const answer = await send();
      assert.ok(isRight(answer), `${name}: ${answer.status} ${answer.body.slice(0, 500)}`);
    }
  }

  test('the file was removed: what writes is a fault, because it would be lost; put back, it continues', async () => {
    const file = join(graph.server.folder, 'cardea.db');
    const token = await refreshTokenOf(graph);
    renameSync(file, `${file}.elsewhere`);
    try {
      await assertFaultsOfWriting();
      assertFault('refresh', await refresh(graph, token));
    } finally {
      renameSync(`${file}.elsewhere`, file);
    }
    assert.equal((await refresh(graph, token)).status, 200);
  });

  /** What was answered although the disk was full: small changes fit into what the file has. */
  const done = new Set<string>();

  test('the disk is full: each request is answered rightly or as a fault, and nothing else', async () => {
    const ballast = join(disk.folder, 'ballast');
    const { bavail, bsize } = statfsSync(disk.folder);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    try {
      const device = probes.find(({ name }) => name === 'device authorization')!;
      for (let tries = 0, faults = 0; faults < 5; tries++) {
        assert.ok(tries < 3000, 'the disk does not become full');
        faults = (await device.send()).status === 503 ? faults + 1 : 0;
      }
      let faults = 0;
      for (const { name, send, isRight } of probes) {
        const answer = await send();
        if (answer.status === 503) faults += 1;
        if (answer.status !== 503 && isRight(answer)) done.add(name);
        else assertFault(name, answer);
      }
      assert.ok(faults >= 3, `${faults} faults`);
    } finally {
      rmSync(ballast);
    }
  });

  test('there is space again: refresh tokens, device codes and sign-ins that were begun continue', async () => {
    for (const { name, send, isRight } of probes.filter(({ name }) => !done.has(name))) {
      const answer = await send();
      // A code is used up by its first redemption, also by one that ended as a fault after that.
      if (name === 'token, authorization code' && /AADSTS54005/.test(answer.body)) continue;
      assert.ok(isRight(answer), `${name}: ${answer.status} ${answer.body.slice(0, 800)}`);
    }
  });

  test('a read-only data folder is refused at the start', async () => {
    await graph.server.stop();
    execFileSync('mount', ['-o', 'remount,ro', disk.folder]);
    try {
      for (const words of [['user', 'list'], ['serve']]) {
        const { code, err } = await runCardea([...words, '--data', graph.server.folder]);
        assert.equal(code, 1);
        assert.match(err, /^cardea: Cardea cannot write to the data folder .*: EROFS/);
      }
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', disk.folder]);
    }
  });
});
