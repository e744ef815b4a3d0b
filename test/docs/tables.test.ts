import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textFiles } from './files.ts';

const cellsOf = (row: string): number => row.replaceAll(/\\\|/g, '').split('|').length - 2;

test('each row of a table in the documents has as many cells as its header', () => {
  const documents = textFiles().filter(({ file }) => file.endsWith('.md'));
  const odd = documents.flatMap(({ file, text }) => {
    let header = 0;
    return text.split('\n').flatMap((line, index) => {
      const row = line.trim();
      if (!row.startsWith('|')) header = 0;
      else if (header === 0) header = cellsOf(row);
      else if (cellsOf(row) !== header)
        return [`${file}:${index + 1}: ${cellsOf(row)} cells, and the header has ${header}`];
      return [];
    });
  });
  assert.deepEqual(odd, []);
});
