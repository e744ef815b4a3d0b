import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { checkDataFolderUser, isPresent } from './data-folder.ts';

const refusalOf = (work: () => unknown) => {
  try {
    work();
    return undefined;
  } catch (problem) {
    assert.ok(problem instanceof CardeaError, String(problem));
    assert.equal(problem.because.code, 'dataFolderOfOther');
    return problem.because.evidence as { readonly path: string; readonly owner: string; readonly user: string };
  }
};

describe('the user who runs a command on a data folder', {
  skip: process.getuid?.() === 0 ? false : 'needs root',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-owner-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const make = (name: string, files: Readonly<Record<string, number>>, owner: number) => {
    const path = join(folder, name);
    mkdirSync(path, { mode: 0o700 });
    for (const [file, uid] of Object.entries(files)) {
      writeFileSync(join(path, file), '', { mode: 0o600 });
      chownSync(join(path, file), uid, uid);
    }
    chownSync(path, owner, owner);
    return path;
  };
  /** Runs as another user: the rights of files are then those that the system gives it. */
  const as = <T>(uid: number, work: () => T): T => {
    chmodSync(folder, 0o755);
    process.seteuid!(uid);
    try {
      return work();
    } finally {
      process.seteuid!(0);
    }
  };

  test('is not root where the folder or the installation belongs to another user', () => {
    const refusal = { owner: '#4201', user: userInfo().username };
    const empty = make('empty', {}, 4201);
    assert.deepEqual(
      refusalOf(() => checkDataFolderUser(empty)),
      { path: empty, ...refusal },
    );
    const full = make('full', { 'secret.key': 4201 }, 0);
    assert.deepEqual(
      refusalOf(() => checkDataFolderUser(full)),
      { path: full, ...refusal },
    );
    assert.deepEqual([readdirSync(empty), readdirSync(full)], [[], ['secret.key']]);
  });

  test('can be root where the file system gives the files of root the owner of the installation', () => {
    const mounted = make('mounted', { 'secret.key': 4201 }, 4201);
    // The files of a process with this effective user are what those of root are on such a file system.
    assert.equal(
      as(4201, () => refusalOf(() => checkDataFolderUser(mounted, 0))),
      undefined,
    );
    assert.deepEqual(readdirSync(mounted), ['secret.key']);
  });

  test('is root where root made the installation, in a folder of whatever user, and each user where there is none', () => {
    const root = make('root', { 'cardea.db': 0 }, 4201);
    assert.equal(
      refusalOf(() => checkDataFolderUser(root)),
      undefined,
    );
    assert.equal(
      refusalOf(() => checkDataFolderUser(join(folder, 'none'))),
      undefined,
    );
  });

  test('has to be able to look into the folder and to read its files', () => {
    const [closed, open] = [make('closed', { 'cardea.db': 0 }, 0), make('open', { 'secret.key': 0 }, 0)];
    chmodSync(open, 0o777);
    const [ofFolder, ofFile, presence] = as(4202, () => [
      refusalOf(() => checkDataFolderUser(closed, 4202)),
      refusalOf(() => checkDataFolderUser(open, 4202)),
      refusalOf(() => isPresent(join(closed, 'cardea.db'))),
    ]);
    assert.deepEqual(
      [ofFolder?.path, ofFile?.path, presence?.path],
      [closed, join(open, 'secret.key'), join(closed, 'cardea.db')],
    );
    assert.equal(ofFolder?.owner, userInfo().username);
  });

  for (const [name, mode] of [
    ['secret.key', 0],
    ['cardea.db', 0],
    ['cardea.db', 0o400],
    ['tls', 0],
    ['tls', 0o600],
    ['crls', 0o300],
    ['demo', 0],
  ] as const)
    test(`is not called another user where ${name} is its own and has the mode ${mode.toString(8)}`, () => {
      const place = make(`mode-${name}-${mode}`, {}, 4203);
      const path = join(place, name);
      if (name.includes('.')) writeFileSync(path, '');
      else mkdirSync(path);
      chownSync(path, 4203, 4203);
      chmodSync(path, mode);
      as(4203, () =>
        assert.throws(() => checkDataFolderUser(place, 4203), {
          because: { code: 'dataFileUnusable', evidence: { path } },
        }),
      );
    });

  test('is any user whom the rights let, as with the group of a volume', () => {
    const shared = make('shared', {}, 0);
    chmodSync(shared, 0o777);
    assert.equal(
      as(4202, () => refusalOf(() => checkDataFolderUser(shared, 4202))),
      undefined,
    );
    assert.equal(
      as(4202, () => isPresent(join(shared, 'cardea.db'))),
      false,
    );
  });
});

describe('a data folder is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-kinds-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const [file, link, full] = [join(folder, 'file'), join(folder, 'link'), join(folder, 'full')];
  const fill = (name: string, kind: 'file' | 'folder') => {
    rmSync(full, { recursive: true, force: true });
    mkdirSync(full);
    if (kind === 'file') writeFileSync(join(full, name), '');
    else mkdirSync(join(full, name));
    return full;
  };
  writeFileSync(file, '');
  symlinkSync(join(folder, 'none'), link);
  const [circle, long] = [join(folder, 'circle'), join(folder, 'x'.repeat(300))];
  symlinkSync(circle, circle);
  const isNoFolder = 'is not a folder';
  const rows = [
    { name: 'that is a file', make: () => file, path: file, problem: isNoFolder },
    { name: 'below a file', make: () => join(file, 'data'), path: file, problem: isNoFolder },
    { name: 'that is a link to nothing', make: () => link, path: link, problem: isNoFolder },
    { name: 'below a link to nothing', make: () => join(link, 'data'), path: link, problem: isNoFolder },
    {
      name: 'that is a link to itself',
      make: () => circle,
      path: circle,
      problem: 'is a link that leads to itself, or is below one',
    },
    { name: 'with a name that is too long', make: () => long, path: long, problem: 'is longer than a path can be' },
    ...['tls', 'crls', 'demo'].map((name) => ({
      name: `with a file ${name}`,
      make: () => fill(name, 'file'),
      path: join(full, name),
      problem: isNoFolder,
    })),
    ...['cardea.db', 'secret.key', 'workers.lock'].map((name) => ({
      name: `with a folder ${name}`,
      make: () => fill(name, 'folder'),
      path: join(full, name),
      problem: 'is a folder and not a file',
    })),
  ];
  for (const { name, make, path, problem } of rows) {
    test(name, () => {
      assert.throws(() => checkDataFolderUser(make()), {
        because: { code: 'dataFolderUnusable', evidence: { path, problem } },
      });
    });
  }
});
