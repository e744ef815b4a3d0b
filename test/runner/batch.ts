import { join, resolve } from 'node:path';
import { after, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { awaitChildren } from '../children.ts';

const root = resolve(import.meta.dirname, '..', '..');
/**
 * Runs test files in this process, each as a suite of its path in the repository: what they import is loaded and compiled once.
 * A file is loaded when the hooks of the one before have ended, and what that one left running has been ended. The hooks of a
 * file belong to the inner suite, so the outer one ends after them, whether they fail or not. A file has `limit` milliseconds.
 */
export async function runBatch(files: readonly string[], limit: number): Promise<void> {
  for (const file of files)
    await new Promise<void>((ended) =>
      describe(file, { timeout: limit }, () => {
        describe('file', async () => {
          await import(pathToFileURL(join(root, file)).href);
        });
        after(async () => {
          await awaitChildren();
          ended();
        });
      }),
    );
}
