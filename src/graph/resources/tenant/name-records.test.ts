import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { after, before, test } from 'node:test';
import { openNameRecords } from './name-records.ts';

/** A name server that knows one TXT record of two strings (RFC 1035 §4.1), of proof.test. */
let server: Socket;
before(async () => {
  server = createSocket('udp4');
  server.on('message', (question, { port, address }) => {
    const isKnown = question.includes(Buffer.from('\x05proof\x04test\x00', 'latin1'));
    server.send(answerTo(question, isKnown ? ['MS=ms12', '3456'] : undefined), port, address);
  });
  await new Promise<void>((done) => server.bind(0, '127.0.0.1', done));
});
after(() => server.close());

function answerTo(question: Buffer, texts: readonly string[] | undefined): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(texts ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(texts ? 1 : 0, 6);
  header.writeUInt16BE(0, 10);
  const data = Buffer.concat((texts ?? []).map((text) => Buffer.from([text.length, ...Buffer.from(text)])));
  const record = Buffer.from([0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 0, 60, 0, data.length]);
  return Buffer.concat([header, question.subarray(12, end), ...(texts ? [record, data] : [])]);
}

test('a TXT record of several strings is one text; a name without records, and an address without a server, give no records', async () => {
  const names = openNameRecords([`127.0.0.1:${server.address().port}`]);
  assert.deepEqual(await names.txt('proof.test'), ['MS=ms123456']);
  assert.deepEqual(await names.txt('other.test'), []);
});
