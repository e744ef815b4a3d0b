import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../config.ts';
import { capacity, workersFor } from './cores.ts';

const gigabyte = 1024 ** 3;
const rows = [
  { name: 'a process for each core', cores: 8, memory: 16 * gigabyte, workers: 8 },
  { name: 'one core', cores: 1, memory: 16 * gigabyte, workers: 1 },
  { name: 'half a gigabyte of memory for each process', cores: 16, memory: 2 * gigabyte, workers: 4 },
  { name: 'less memory than one process should have', cores: 4, memory: gigabyte / 4, workers: 1 },
  { name: 'more cores than a server may have processes', cores: 192, memory: 512 * gigabyte, workers: 64 },
];
for (const { name, cores, memory, workers } of rows)
  test(`${name}: ${workers} serve`, () => assert.equal(workersFor({ cores, memory }), workers));

test('without a setting, and with the word cores, the computer decides; a number counts', () => {
  assert.equal(readConfig({}, {}, '/').workers, workersFor(capacity()));
  assert.equal(readConfig({ workers: 'cores' }, {}, '/').workers, workersFor(capacity()));
  assert.equal(readConfig({}, { CARDEA_WORKERS: '3' }, '/').workers, 3);
});
