import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Why there is none. */
  readonly missing?: string;
  remove(): void;
}

/** A file system of a few megabytes in memory; only root may mount one. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
    mkdirSync(join(folder, 'data'));
    return {
      folder,
      remove() {
        execFileSync('umount', ['-l', folder]);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (problem) {
    rmSync(folder, { recursive: true, force: true });
    const missing = `a small disk cannot be mounted (run as root): ${(problem as Error).message.split('\n')[0]}`;
    return { folder, missing, remove: () => undefined };
  }
}
