import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';
import { builtFolder, builtHash, sourcesHash } from '../src/apps/admin-center/sources.ts';

/**
 * Builds the pages of the admin center into web/dist, unless what is there is current. One process builds at a time;
 * another one waits for it. The finished folder replaces the old one at once.
 */
const lock = join(import.meta.dirname, '.build.lock');
const folder = join(import.meta.dirname, `.build-${process.pid}`);

const sources = sourcesHash();
await takeLock();
try {
  if (builtHash() !== sources) {
    await build({
      configFile: join(import.meta.dirname, 'vite.config.ts'),
      build: { outDir: folder, emptyOutDir: true },
    });
    await compress(join(folder, 'assets'));
    writeFileSync(join(folder, 'build.json'), `${JSON.stringify({ sources })}\n`);
    replaceFolder();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(lock, { force: true });
}

/** Waits until no other process builds. */
async function takeLock(): Promise<void> {
  for (;;) {
    try {
      const file = openSync(lock, 'wx');
      writeFileSync(file, `${process.pid}`);
      return closeSync(file);
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
      if (isAbandoned()) rmSync(lock, { force: true });
      else await wait(200);
    }
  }
}

/** Whether the process that holds the lock has ended. */
function isAbandoned(): boolean {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Writes each file compressed as well. */
async function compress(assets: string): Promise<void> {
  const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)];
  const names = (await readdir(assets)).filter((name) => /\.(js|css|svg)$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(assets, name));
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } };
      await writeFile(join(assets, `${name}.br`), await brotli(content, quality));
      await writeFile(join(assets, `${name}.gz`), await zip(content, { level: 9 }));
    }),
  );
}

function replaceFolder(): void {
  const old = `${folder}-old`;
  try {
    renameSync(builtFolder, old);
  } catch {
    // The first build.
  }
  renameSync(folder, builtFolder);
  rmSync(old, { recursive: true, force: true });
}
