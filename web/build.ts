import { globSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';
import { takeBuildLock } from '../src/apps/admin-center/build-lock.ts';
import { builtFolder, builtHash, sourcesHash } from '../src/apps/admin-center/sources.ts';

/**
 * Builds the pages of the admin center into web/dist, unless what is there is current. One process builds at a time;
 * another one waits for it. The finished folder replaces the old one at once.
 */
const folder = join(import.meta.dirname, `.build-${process.pid}`);

const sources = sourcesHash();
const release = await takeBuildLock(join(import.meta.dirname, '.build.lock'));
try {
  removeAbandoned();
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
  release();
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

/** Removes what builds left behind that were killed. This process has the lock, so no other one builds. */
function removeAbandoned(): void {
  for (const name of globSync('.build-*', { cwd: import.meta.dirname }))
    rmSync(join(import.meta.dirname, name), { recursive: true, force: true });
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
