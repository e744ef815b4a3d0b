import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';

/**
 * What each room may import (ARCHITECTURE.md). A room is a folder of src, or a file. `node:*` is any builtin; a room
 * may always import itself. The most specific row decides.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'core/trace': [],
  core: ['core/trace', 'node:crypto'],
  'ports.ts': ['core', 'core/trace'],
  languages: ['core/trace'],
  pages: ['languages', 'core/trace', 'hono'],
  signin: ['core', 'core/trace', 'ports.ts', 'node:crypto'],
  admin: ['signin', 'core', 'core/trace', 'ports.ts', 'node:crypto'],
  storage: ['core', 'core/trace', 'ports.ts', 'kysely', 'pg', 'node:*'],
  net: ['core', 'core/trace', 'undici', 'node:*'],
  crls: ['net', 'core', 'core/trace', 'ports.ts', 'node:*'],
  keys: ['core', 'core/trace', 'ports.ts', '@node-rs/argon2', '@simplewebauthn/server', 'node:*'],
  pki: ['core', 'core/trace', 'node:*'],
  oidc: [
    'net',
    'signin',
    'pages',
    'languages',
    'core',
    'core/trace',
    'ports.ts',
    'oidc-provider',
    'jose',
    'hono',
    'node:*',
  ],
  http: [
    'net',
    'pages',
    'languages',
    'signin',
    'admin',
    'core',
    'core/trace',
    'ports.ts',
    'hono',
    '@hono/node-server',
    'uqr',
    'zod',
    'node:*',
  ],
  apps: ['net', 'pages', 'languages', 'hono', 'openid-client', 'node:*'],
  cli: ['net', 'signin', 'admin', 'core', 'core/trace', 'ports.ts', 'pki', 'yaml', 'node:*'],
  'config.ts': ['core', 'core/trace', 'net', 'zod', 'node:*'],
  'log-writer.ts': ['node:*'],
  'main.ts': ['*'],
};

const root = resolve(import.meta.dirname, '..', 'src');
const imports =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

interface Source {
  /** Below src. */
  readonly file: string;
  readonly text: string;
}

/** Sentences like "core must not import hono (core/x509/path.ts)". */
function violations({ file, text }: Source): string[] {
  const room = roomOf(file);
  return targetsOf(file, text)
    .filter((target) => !isAllowed(room, target) && !(file === 'oidc/internals.ts' && isDeep(target)))
    .map((target) => `${room} must not import ${target} (${file})`);
}

/** What oidc-provider does not export; oidc/internals.ts is the one place that may reach there. */
const isDeep = (target: string) => target.startsWith('oidc-provider/lib/');

function roomOf(file: string): string {
  const rooms = Object.keys(mayImport).filter((room) => file === room || file.startsWith(`${room}/`));
  return rooms.sort((one, other) => other.length - one.length)[0] ?? file;
}

/** Rooms and packages that a file imports; builtins with their prefix. */
function targetsOf(file: string, text: string): string[] {
  return [...text.matchAll(imports)].map(([, from, bare, dynamic]) => {
    const specifier = (from ?? bare ?? dynamic)!;
    if (specifier.startsWith('.')) return roomOf(relative(root, join(root, dirname(file), specifier)));
    if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
    return isDeep(specifier)
      ? specifier
      : specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
  });
}

function isAllowed(room: string, target: string): boolean {
  const allowed = mayImport[room] ?? [];
  if (target === room || allowed.includes('*')) return target !== 'main.ts';
  return allowed.includes(target) || (target.startsWith('node:') && allowed.includes('node:*'));
}

const sources: readonly Source[] = globSync('**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts') && !file.includes('/testing/'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

describe('every file keeps to its room', () => {
  for (const room of Object.keys(mayImport)) {
    test(`${room} imports what it may and nothing else`, () => {
      assert.deepEqual(sources.filter(({ file }) => roomOf(file) === room).flatMap(violations), []);
    });
  }

  test('every file of src has a room', () => {
    assert.deepEqual(
      sources.map(({ file }) => roomOf(file)).filter((room) => !(room in mayImport)),
      [],
    );
  });

  test('ports.ts is a list of promises: it imports types alone', () => {
    const { text } = sources.find(({ file }) => file === 'ports.ts')!;
    assert.deepEqual(text.match(/^import (?!type)/gm) ?? [], []);
  });

  test('nobody asks OpenSSL whether a certificate is authorized: core judges', () => {
    assert.deepEqual(
      sources.filter(({ text }) => /\.authoriz(ed|ationError)\b/.test(text)).map(({ file }) => file),
      [],
    );
  });

  test('connections are made by net alone: it holds the address policy', () => {
    const dials =
      /\bglobalThis\.fetch\(|(?<![\w.#]|async )fetch\(['"`]https?:|\bfrom ['"]undici['"]|\b(?:request|get|connect|createConnection|Agent)\b[^;\n]*\bfrom ['"]node:(?:https?|net|tls)['"]/;
    const ldap = 'crls/ldap.ts'; // Its sockets are guarded by net: see guardSocket.
    const controlSocket = 'cli/remote.ts'; // A socket in the data folder.
    assert.deepEqual(
      new Set(sources.filter(({ file, text }) => roomOf(file) !== 'net' && dials.test(text)).map(({ file }) => file)),
      new Set([ldap, controlSocket]),
    );
    assert.match(sources.find(({ file }) => file === ldap)!.text, /guardSocket\(/);
  });

  test('nothing below the wiring reads the clock of the machine', () => {
    const rooms = ['core', 'core/trace', 'signin', 'admin', 'storage'];
    const reads = /\bnew Date\(\)|\bDate\.now\(/;
    assert.deepEqual(
      sources.filter(({ file, text }) => rooms.includes(roomOf(file)) && reads.test(text)).map(({ file }) => file),
      [],
    );
  });
});

const seeded = [
  {
    file: 'core/x509/path.ts',
    text: "import { Hono } from 'hono';",
    says: 'core must not import hono (core/x509/path.ts)',
  },
  {
    file: 'core/trace/fault.ts',
    text: "import 'node:fs';",
    says: 'core/trace must not import node:fs (core/trace/fault.ts)',
  },
  {
    file: 'core/crl/crl.ts',
    text: "import { readFile } from 'fs';",
    says: 'core must not import node:fs (core/crl/crl.ts)',
  },
  {
    file: 'http/server.ts',
    text: "import { openStorage } from '../storage/storage.ts';",
    says: 'http must not import storage (http/server.ts)',
  },
  {
    file: 'signin/judge.ts',
    text: "const { x } = await import('../http/page.ts');",
    says: 'signin must not import http (signin/judge.ts)',
  },
  { file: 'cli/run.ts', text: "export { main } from '../main.ts';", says: 'cli must not import main.ts (cli/run.ts)' },
  {
    file: 'oidc/oidc.ts',
    text: "import x from 'oidc-provider/lib/helpers/x.js';",
    says: 'oidc must not import oidc-provider/lib/helpers/x.js (oidc/oidc.ts)',
  },
  {
    file: 'apps/portal.ts',
    text: "import type { Trace } from '../core/trace/trace.ts';",
    says: 'apps must not import core/trace (apps/portal.ts)',
  },
];
test('oidc/internals.ts alone may reach into oidc-provider', () => {
  const text = "import x from 'oidc-provider/lib/helpers/x.js';";
  assert.deepEqual(violations({ file: 'oidc/internals.ts', text }), []);
});
for (const { says, ...source } of seeded) {
  test(`a seeded violation is a sentence: ${says}`, () => assert.deepEqual(violations(source), [says]));
}
