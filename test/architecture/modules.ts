import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, resolve } from 'node:path';

/**
 * What each module may import (ARCHITECTURE.md). A module is a folder of src, or a file. `node:*` is any builtin; a
 * module may always import itself. The most specific row decides.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  'core/trace': [],
  core: ['core/trace', 'node:crypto'],
  model: ['core', 'core/trace'],
  ports: ['core', 'core/trace', 'model', 'node:http'],
  schema: ['core', 'core/trace', 'zod'],
  'schema/json.ts': ['schema', 'zod'],
  'schema/form.ts': ['schema', 'zod'],
  languages: ['core/trace'],
  net: ['net/address-policy.ts', 'net/bounded-cache.ts', 'core', 'core/trace', 'undici', 'node:*'],
  pages: ['languages', 'core/trace', 'hono'],
  signin: ['schema/form.ts', 'schema/json.ts', 'core', 'core/trace', 'model', 'ports', 'node:crypto', 'zod'],
  admin: [
    ...['net/address-policy.ts', 'schema', 'signin', 'core', 'core/trace', 'model', 'ports', 'node:crypto', 'zod'],
  ],
  'net/address-policy.ts': [],
  'net/bounded-cache.ts': ['lru-cache'],
  'pki/whole-file.ts': ['node:*'],
  'keys/sealed-bytes.ts': ['node:*'],
  storage: [
    'net/bounded-cache.ts',
    'pki/whole-file.ts',
    'core',
    'core/trace',
    'model',
    'ports',
    'kysely',
    'pg',
    'node:*',
  ],
  crls: ['net', 'net/bounded-cache.ts', 'net/address-policy.ts', 'core', 'core/trace', 'model', 'ports', 'node:*'],
  keys: [
    'core',
    'core/trace',
    'model',
    'ports',
    'keys/sealed-bytes.ts',
    'pki',
    'pki/whole-file.ts',
    '@node-rs/argon2',
    '@simplewebauthn/server',
    'node:*',
  ],
  pki: ['pki/whole-file.ts', 'core', 'core/trace', 'node:*'],
  sync: ['net', 'schema', 'admin', 'core', 'core/trace', 'model', 'ports', 'ldapts', 'node:*'],
  oidc: [
    'net',
    'schema/form.ts',
    'schema/json.ts',
    'signin',
    'pages',
    'languages',
    'core',
    'core/trace',
    'model',
    'ports',
    'oidc-provider',
    'net/bounded-cache.ts',
    'jose',
    'hono',
    'zod',
    'node:*',
  ],
  device: [
    'net',
    'schema/form.ts',
    'schema/json.ts',
    'signin',
    'admin',
    'pki',
    'core',
    'core/trace',
    'model',
    'ports',
    'hono',
    '@hono/node-server',
    'zod',
    'node:*',
  ],
  graph: [
    'net',
    'schema/form.ts',
    'schema/json.ts',
    'schema',
    'signin',
    'admin',
    'core',
    'core/trace',
    'model',
    'ports',
    '@hono/node-server',
    'zod',
    'node:*',
  ],
  http: [
    'net',
    'schema/form.ts',
    'schema/json.ts',
    'graph',
    'pages',
    'languages',
    'signin',
    'admin',
    'core',
    'core/trace',
    'model',
    'ports',
    'hono',
    '@hono/node-server',
    'net/bounded-cache.ts',
    'uqr',
    'zod',
    'node:*',
  ],
  apps: [
    'net',
    'schema/form.ts',
    'schema/json.ts',
    'keys/sealed-bytes.ts',
    'pages',
    'languages',
    'hono',
    'jose',
    'openid-client',
    'zod',
    'node:*',
  ],
  cli: [
    'net',
    'schema/form.ts',
    'schema/json.ts',
    'signin',
    'sync',
    'admin',
    'core',
    'core/trace',
    'model',
    'ports',
    'pki',
    'pki/whole-file.ts',
    'cli-table3',
    'commander',
    'ldapts',
    'parse5',
    'tough-cookie',
    'yaml',
    'zod',
    'node:*',
  ],
  server: ['*'],
  'server/reasons/join.ts': [
    'admin',
    'cli',
    'core/trace',
    'crls',
    'device',
    'graph',
    'http',
    'keys',
    'oidc',
    'pki',
    'schema',
    'server',
    'storage',
    'sync',
  ],
  'cli/device/workstation/main.ts': ['cli', 'server/reasons/join.ts'],
  'main.ts': ['server', 'server/reasons/join.ts', 'cli'],
};

/** The folder of the sources. */
export const root = resolve(import.meta.dirname, '..', '..', 'src');
const imports =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** A file of the sources. */
export interface Source {
  /** Below src. */
  readonly file: string;
  readonly text: string;
}

/** A file inside of oidc-provider, which can change with any version. */
const isDeep = (target: string) => target.startsWith('oidc-provider/lib/');

/** The most specific row of {@link mayImport} that a file belongs to; the file where none has it. */
export function moduleOf(file: string): string {
  const candidates = Object.keys(mayImport).filter((module) => file === module || file.startsWith(`${module}/`));
  return candidates.sort((a, b) => b.length - a.length)[0] ?? file;
}

/** The specifiers of all imports and exports of a file. */
export const importedBy = ({ text }: Source): string[] =>
  [...text.matchAll(imports)].map(([, from, bare, dynamic]) => (from ?? bare ?? dynamic)!);

/** The file of src that a specifier names; undefined for a package. */
export function fileNamed(importer: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? posix.join(dirname(importer), specifier) : undefined;
}

/** A module of src, a package, or a builtin with its prefix. */
export function moduleNamed(importer: string, specifier: string): string {
  const file = fileNamed(importer, specifier);
  if (file !== undefined) return moduleOf(file);
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  const nameParts = specifier.startsWith('@') ? 2 : 1;
  return isDeep(specifier) ? specifier : specifier.split('/').slice(0, nameParts).join('/');
}

/** Whether a module may import another one. A module may import itself. */
export function isAllowed(module: string, target: string): boolean {
  const allowedValues = mayImport[module] ?? [];
  if (target === module || allowedValues.includes('*')) return target !== 'main.ts';
  return allowedValues.includes(target) || (target.startsWith('node:') && allowedValues.includes('node:*'));
}

/** Every file of src. */
export const allFiles: readonly Source[] = globSync('**/*.ts', { cwd: root }).map((file) => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
}));
const isTest = ({ file }: Source) => file.endsWith('.test.ts');
/** Every file of src, tests not counted. */
export const sources = allFiles.filter((source) => !isTest(source));
