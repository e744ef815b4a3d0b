import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { createPublicKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { manyEntries } from '#pki/build/crl-builder.ts';
import type { Storage } from '#storage/storage.ts';
import { TestServer } from '../../crls/test-server.ts';
import { testCa } from '../../pki/test-ca.ts';
import { until } from '../../until.ts';
import { emptyFolder, openAt } from '../databases.ts';
import type { Question, Reply } from './shared-crls-node.ts';

const now = new Date('2026-11-24T09:00:00Z');
const week = { thisUpdate: new Date('2026-11-23T00:00:00Z'), nextUpdate: new Date('2026-11-30T00:00:00Z') };
const ca = testCa('Woodgrove Issuing');
const [folder, images] = [emptyFolder(), emptyFolder()];
const key = randomBytes(32).toString('hex');

/** Another process on the folder, as a worker is one. */
class Node {
  readonly #process: ChildProcess;

  private constructor() {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
    const words = [folder, images, key, now.toISOString()];
    const options = { env, execArgv: ['--expose-gc'], serialization: 'advanced' as const };
    this.#process = fork(join(import.meta.dirname, 'shared-crls-node.ts'), words, options);
  }

  static async start(): Promise<Node> {
    const node = new Node();
    await once(node.#process, 'message');
    return node;
  }

  async ask(question: Question): Promise<Reply> {
    this.#process.send(question);
    const [reply] = (await once(this.#process, 'message')) as [Reply];
    return reply;
  }

  async end(): Promise<void> {
    this.#process.disconnect();
    await once(this.#process, 'exit');
  }
}

const count = 1_000_000;
const serials = randomBytes(16 * count).map((octet, i) => (i % 16 === 0 ? (octet & 0x3f) | 0x40 : octet));
const serial = (i: number) => serials.subarray(i * 16, i * 16 + 16);
const entries = manyEntries({ count, revocationDate: week.thisUpdate, serials });
const absent = Uint8Array.from(randomBytes(16), (octet, i) => (i === 0 ? 0x3f : octet)); // no serial number begins so

describe(`a CRL of ${count} entries and two processes of one computer`, () => {
  let parent: Storage;
  let server: TestServer;
  let nodes: readonly [Node, Node];
  let size = 0;

  before(async () => {
    parent = await openAt({ kind: 'sqlite', folder, sharing: 'parent' });
    server = await TestServer.start();
    nodes = [await Node.start(), await Node.start()];
  });
  after(async () => {
    for (const node of nodes ?? []) await node.end();
    await parent?.close();
    await server?.stop();
  });

  function serve(number: bigint): void {
    const list = ca.crl({ ...week, number, entries });
    size = list.length;
    server.serve(list);
  }
  const question = (call: Question['call'] = 'fetch'): Question => ({
    call,
    request: {
      authorityId: 'a',
      baseUrl: server.url('/a.crl'),
      deltaUrl: undefined,
      signers: [
        {
          subject: ca.subject,
          subjectKeyIdentifier: ca.subjectKeyIdentifier,
          subjectPublicKeyInfo: new Uint8Array(createPublicKey(ca.privateKey).export({ format: 'der', type: 'spki' })),
        },
      ],
    },
    serials: [serial(0), serial(count - 1), serial(123_456), absent],
  });
  const answers = [true, true, true, false];
  const imageFile = () => {
    const names = readdirSync(images);
    assert.equal(names.length, 1, names.join(' '));
    return join(images, names[0]!);
  };
  /** The answer comes from the one file; memory and a former file are given back when threads have ended. */
  async function assertShares(node: Node, number: string, call?: Question['call']): Promise<void> {
    const { number: current, isListed } = await node.ask(question(call));
    assert.deepEqual({ current, isListed }, { current: number, isListed: answers });
    await until('the CRL to be in the file alone', async () => {
      const { buffers = 0, images: inUse = [statSync(imageFile()).ino] } = await node.ask(question());
      return buffers < size / 10 && inUse.length === 1 && inUse[0] === statSync(imageFile()).ino;
    });
  }

  test('download it once, and both read the one file without holding the CRL', async () => {
    serve(1n);
    for (const node of nodes) await assertShares(node, '1');
    assert.equal(server.requests.length, 1);
  });

  test('a CRL that replaces it replaces the file, for both', async () => {
    serve(2n);
    const before = statSync(imageFile()).ino;
    await assertShares(nodes[0], '2', 'refresh');
    await assertShares(nodes[1], '2');
    assert.notEqual(statSync(imageFile()).ino, before);
    assert.equal(server.requests.length, 2);
  });

  test('a process that starts later uses the file', async () => {
    const later = await Node.start();
    await assertShares(later, '2');
    await later.end();
    assert.equal(server.requests.length, 2);
  });

  test('a file that is changed while both use it is refused by each, and written again', async () => {
    const descriptor = openSync(imageFile(), 'r+');
    const length = statSync(imageFile()).size;
    writeSync(descriptor, Buffer.alloc(length - 2 ** 20, 0xa5), 0, length - 2 ** 20, 2 ** 20);
    closeSync(descriptor);
    for (const node of nodes) assert.equal((await node.ask(question())).problem, 'EntriesUnreadable');
    for (const node of nodes) await assertShares(node, '2');
    assert.equal(server.requests.length, 2, 'the database has the CRL');
  });
});
