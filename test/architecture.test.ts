import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';

import {
  allFiles,
  fileNamed,
  importedBy,
  isAllowed,
  mayImport,
  moduleNamed,
  moduleOf,
  root,
  type Source,
  sources,
} from './architecture/modules.ts';
import { longParameterLists } from './prose/names.ts';

/** Files side by side in a folder, tests counted. */
const mostFilesInFolder = 16;

/** Commands outside of the guarded transaction, each with the reason. */
const unguardedCommands: Readonly<Record<string, string>> = {
  'cli/commands/device/browser-host.ts': 'signs, as a client of the server',
  'cli/commands/device/connection-point.ts': 'writes to Active Directory, not to a tenant',
  'cli/commands/device/cookie.ts': 'signs, as a client of the server',
  'cli/commands/device/hybrid-join.ts': 'a client of the server, which decides',
  'cli/commands/device/join.ts': 'a client of the server, which decides',
  'cli/commands/device/leave.ts': 'a client of the server, which decides',
  'cli/commands/device/pam.ts': 'signs, as a client of the server',
  'cli/commands/device/renew.ts': 'a client of the server, which decides',
  'cli/commands/device/sign-in.ts': 'a client of the server, which decides',
  'cli/commands/device/status.ts': 'reads the state folder',
  'cli/commands/device/token.ts': 'a client of the server, which decides',
  'cli/commands/directory/user-sign-out.ts': 'ends sessions; the next sign-in is decided as before',
  'cli/commands/logs/audit.ts': 'reads only',
  'cli/commands/logs/filters.ts': 'reads only',
  'cli/commands/logs/sign-in-list.ts': 'reads only',
  'cli/commands/operation/backup.ts': 'reads only',
  'cli/commands/operation/keys.ts': 'reads only',
  'cli/commands/sign-in/explain.ts': 'reads only',
  'cli/commands/sign-in/sign-in.ts': 'signs in',
  'cli/commands/tenant/brand.ts': 'changes how pages look',
  'cli/commands/tenant/tenant-key.ts': 'changes the key of tokens',
  'cli/commands/tenant/tenant-remove.ts': 'removes the administrators with the tenant, after a typed confirmation',
  'cli/commands/tenant/tenant.ts': 'a new tenant has no administrators',
  'cli/commands/trust/doctor.ts': 'downloads CRLs of addresses that the guarded changes of a CA have set, and reads',
};

/** Does a text call a method that writes a store of the tenant? */
function writesStore(text: string): boolean {
  const stores =
    'users|groups|policy|objects|applications|methods|deleted|trustStore|tenants|' +
    'registrations|index|authorities|peerAuthorities|helloAuthorities|synchronisation';
  const names =
    'add|update|change|remove|restore|purge|put|edit|softDelete|setPasswordHash|addMember|removeMember|setX509|' +
    'setMethodState|setBlocked|changeAccess|setAuthenticationType|verifyDomain|removeDomain|setDefaultDomain|' +
    'save|addUserKey|removeUserKeys|enter|relate|unrelate|changeMembers|saveState';
  return new RegExp(`\\b(?:${stores})\\s*\\.(?:${names})(?:<[\\w<>, ]+>)?\\(`).test(text);
}

/** Does a text take the header of cookies apart itself? */
const parsesCookies = (text: string): boolean =>
  /(?<!['"])\bcookies?\b(?!['"])[^;{}]*\.(?:split|match|matchAll|indexOf|search)\(|cookie \?\? ''\]|\.(?:exec|test)\([^)]*\bcookie/i.test(
    text,
  );

/** Does a text read JSON without a schema? */
const parsesJson = (text: string): boolean => /\bJSON\.parse\(|\.json\(\)/.test(text);

/** Lines of a file of src, tests not counted. */
const mostLines = 300;

/** Longer files, each with the reason. */
const longFiles: Readonly<Record<string, string>> = {};

/** A function has at most so many parameters; further ones are fields of a context or of options. */
const mostParameters = 4;

/** Files with functions of more parameters, each with the reason. */
const longParameterListFiles: Readonly<Record<string, string>> = {
  'core/asn1/der.ts': 'runs for each element of a CRL, where an object for each call would cost',
  'core/crl/format/entries/entry-index.ts': 'runs for each entry of a CRL',
  'oidc/device-code/device-flow.ts': 'a signature of oidc-provider',
};

/** Sentences like "core must not import hono (core/x509/path.ts)". */
function violations(source: Source): string[] {
  const module = moduleOf(source.file);
  return importedBy(source)
    .map((specifier) => moduleNamed(source.file, specifier))
    .filter((target) => !isAllowed(module, target))
    .map((target) => `${module} must not import ${target} (${source.file})`);
}

/** The first circle of imports, types included: `a.ts → b.ts → a.ts`. */
function circleIn(sources: readonly Source[]): string | undefined {
  const done = new Set<string>();
  const edges = new Map(
    sources.map((source) => [source.file, importedBy(source).flatMap((name) => fileNamed(source.file, name) ?? [])]),
  );
  const circleFrom = (file: string, path: readonly string[]): string | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' → ');
    if (done.has(file)) return undefined;
    for (const target of edges.get(file) ?? []) {
      const circle = circleFrom(target, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  return sources.map(({ file }) => circleFrom(file, [])).find((circle) => circle !== undefined);
}

/** Files that a process begins with: they put modules together, as `server` does, and belong to none. */
const programs: readonly string[] = ['main.ts', 'cli/device/workstation/main.ts'];

/** The first circle of the modules that import each other, types included: `graph → http → graph`. */
function moduleCircleIn(sources: readonly Source[]): string | undefined {
  const folderOf = (file: string) => (programs.includes(file) ? file : file.split('/')[0]!);
  const imports = sources.flatMap((source) =>
    importedBy(source)
      .flatMap((name) => fileNamed(source.file, name) ?? [])
      .map((target) => [folderOf(source.file), folderOf(target)] as const),
  );
  const modules = Object.entries(Object.groupBy(imports, ([module]) => module));
  return circleIn(
    modules.map(([file, targets]) => ({
      file,
      text: targets!.flatMap(([, to]) => (to === file ? [] : `import '#${to}';\n`)).join(''),
    })),
  );
}

/** Sentences like "test/e2e: 17". */
function foldersWithTooMany(files: readonly string[]): string[] {
  const folders = Object.entries(Object.groupBy(files, dirname));
  return folders
    .filter(([, inside]) => inside!.length > mostFilesInFolder)
    .map(([folder, inside]) => `${folder}: ${inside!.length}`);
}

describe('every file imports what its module may', () => {
  for (const module of Object.keys(mayImport)) {
    test(`${module} imports what it may and nothing else`, () => {
      assert.deepEqual(sources.filter(({ file }) => moduleOf(file) === module).flatMap(violations), []);
    });
  }

  test('every file of src belongs to a module', () => {
    assert.deepEqual(
      sources.map(({ file }) => moduleOf(file)).filter((module) => !(module in mayImport)),
      [],
    );
  });

  test('model and ports are types: they import types alone', () => {
    const files = sources.filter(({ file }) => /^(model|ports)\//.test(file));
    assert.deepEqual(
      files.filter(({ text }) => /^import (?!type)/m.test(text)).map(({ file }) => file),
      [],
    );
  });

  test('imports form no circle, types included', () => assert.equal(circleIn(sources), undefined));

  test('nor do modules', () => assert.equal(moduleCircleIn(sources), undefined));

  for (const folder of ['web/src', 'test', 'bench'])
    test(`imports of ${folder} form no circle, types included`, () => {
      const cwd = join(root, '..', folder);
      const files = globSync('**/*.{ts,tsx}', { cwd });
      assert.equal(circleIn(files.map((file) => ({ file, text: readFileSync(join(cwd, file), 'utf8') }))), undefined);
    });

  test('a module is imported by its name from another one, and never from three folders above', () => {
    const faults = allFiles.flatMap((source) =>
      importedBy(source)
        .filter((name) => {
          const file = fileNamed(source.file, name);
          if (file === undefined || name.startsWith('#')) return false;
          return name.startsWith('../../../') || file.split('/')[0] !== source.file.split('/')[0];
        })
        .map((name) => `${source.file} imports ${name}`),
    );
    assert.deepEqual(
      faults.filter((fault) => !fault.startsWith('main.ts')),
      [],
    );
  });

  test('tests, measures and the admin center import by name as well, and never from three folders above', () => {
    const files = globSync('{test,bench,packaging,web}/**/*.{ts,tsx}', {
      cwd: dirname(root),
      exclude: (name) => name === 'node_modules' || name === 'dist',
    });
    const far = files.filter((file) => /from '(?:\.\.\/){3}/.test(readFileSync(join(root, '..', file), 'utf8')));
    assert.deepEqual(far, []);
  });

  test(`no folder has more than ${mostFilesInFolder} files side by side`, () => {
    assert.deepEqual(foldersWithTooMany(allFiles.map(({ file }) => file)), []);
  });

  test(`no folder of tests, measures, packages and the admin center has more than ${mostFilesInFolder} files side by side`, () => {
    const entries = globSync('{test,bench,packaging,web}/**/*', {
      cwd: dirname(root),
      withFileTypes: true,
      exclude: ({ name }) => ['node_modules', 'output', 'dist'].includes(name),
    });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(dirname(root), join(parentPath, name)));
    assert.deepEqual(foldersWithTooMany(files), []);
  });

  test(`no file has more than ${mostLines} lines, but for those pinned here`, () => {
    const long = sources.filter(({ text }) => text.split('\n').length - 1 > mostLines).map(({ file }) => file);
    assert.deepEqual(long, Object.keys(longFiles));
  });

  test(`no function has more than ${mostParameters} parameters, but for those of the files pinned here`, () => {
    const long = sources.flatMap(({ file, text }) =>
      longParameterLists(text, mostParameters).map((line) => `${file}:${line}`),
    );
    assert.deepEqual(
      long.filter((place) => !(place.split(':')[0]! in longParameterListFiles)),
      [],
    );
    assert.deepEqual(
      Object.keys(longParameterListFiles).filter((file) => !long.some((place) => place.startsWith(`${file}:`))),
      [],
    );
  });

  test('no file asks OpenSSL whether a certificate is authorized: core decides', () => {
    assert.deepEqual(
      sources.filter(({ text }) => /\.authoriz(ed|ationError)\b/.test(text)).map(({ file }) => file),
      [],
    );
  });

  test('the header of cookies is parsed by hono', () => {
    const parsers = sources.filter(({ text }) => parsesCookies(text)).map(({ file }) => file);
    assert.deepEqual(parsers, []);
  });

  for (const [text, isParser] of [
    ["for (const pair of (headers.cookie ?? '').split(';')) add(pair);", true],
    ["const pairs = [headers.cookie ?? ''].flat();", true],
    ['const [, id] = /session=([^;]*)/.exec(headers.cookie) ?? [];', true],
    ['const pairs = [...cookie.matchAll(/(?:^|;)(session)=([^;]*)/g)];', true],
    ['const match = req.headers.cookie?.match(/session=/);', true],
    ["const at = req.headers.cookie.indexOf('session=');", true],
    ["const isSignedIn = /session=/.test(req.headers.cookie ?? '');", true],
    ["const id = parse(req.headers.cookie ?? '')[name];", false],
    ["const at = rawHeaders.indexOf('cookie');", false],
  ] as const)
    test(`it ${isParser ? 'parses cookies' : 'parses none'}: ${text}`, () =>
      assert.equal(parsesCookies(text), isParser));

  test('connections are made by net alone: it holds the address policy', () => {
    const dials =
      /\bglobalThis\.fetch\(|(?<![\w.#]|async )fetch\(['"`]https?:|\bfrom ['"]undici['"]|\b(?:request|get|connect|createConnection|Agent)\b[^;\n]*\bfrom ['"]node:(?:https?|net|tls)['"]/;
    const ldap = 'crls/fetch/ldap.ts'; // Its sockets are guarded by net: see guardSocket.
    const activeDirectory = 'sync/source/connection.ts'; // The same.
    const controlSocket = 'cli/remote/remote.ts'; // A socket in the data folder.
    assert.deepEqual(
      new Set(sources.filter(({ file, text }) => moduleOf(file) !== 'net' && dials.test(text)).map(({ file }) => file)),
      new Set([ldap, activeDirectory, controlSocket]),
    );
    for (const name of [ldap, activeDirectory])
      assert.match(sources.find(({ file }) => file === name)!.text, /guardSocket\(/);
  });

  test('no file needs hard links or changes rights, which exFAT and volumes of containers refuse, but for those pinned here', () => {
    const calls = /\b(?:link|chmod|fchmod|lchmod|symlink)(?:Sync)?\b[^;\n]*\bfrom ['"]node:fs(?:\/promises)?['"]/;
    const expected: Readonly<Record<string, string>> = {
      'pki/whole-file.ts': 'does without a hard link where there are none',
      'cli/remote/remote.ts': 'a socket, which has the rights of the umask at first',
      'http/front/proxy-socket.ts': 'the same',
    };
    assert.deepEqual(
      sources
        .filter(({ text }) => calls.test(text))
        .map(({ file }) => file)
        .sort(),
      Object.keys(expected).sort(),
    );
  });

  test('a command that a server can execute uses files of its user alone (call.files)', () => {
    const filesOfProcess = /\bnode:fs\b|\boutput\.cwd\b|\b(?:bytesOf|cardOf|localFiles|trustOf)\(/;
    const runHere = ['cli/commands/sign-in/sign-in.ts']; // It is a client of the server.
    assert.deepEqual(
      sources
        .filter(
          ({ file, text }) =>
            /^cli\/commands\/(?!device\/)/.test(file) && !file.endsWith('.test.ts') && filesOfProcess.test(text),
        )
        .map(({ file }) => file),
      runHere,
    );
  });

  test('what decides who may sign in is written by admin alone', () => {
    const modules = [
      'graph',
      'cli',
      'http',
      'signin',
      'oidc',
      'server',
      'crls',
      'sync',
      'device',
      'apps',
      'keys',
      'pages',
    ];
    const writers = sources.filter(({ file, text }) => modules.includes(moduleOf(file)) && writesStore(text));
    assert.deepEqual(
      writers.map(({ file }) => file),
      [],
    );
  });

  test('a command that changes a tenant runs in the guarded transaction, but for those pinned here', () => {
    const commands = sources.filter(({ file }) => file.startsWith('cli/commands/'));
    const guard =
      /import \{[^}]*\b(?:changeOf|describedChange|editTrust|guardedChange)\b[^}]*\} from '[./\w]*trust-edit\.ts'|import \{[^}]*\bchangeTenant\b/;
    const unguarded = commands.filter(({ text }) => !guard.test(text));
    assert.deepEqual(unguarded.map(({ file }) => file).sort(), Object.keys(unguardedCommands).sort());
  });

  test('logs are read with their tables of days: the older table of the sign-in log alone is read by who prunes it', () => {
    const reader = /\b(?:selectFrom|[jJ]oin)\(\s*['`](?:sign_ins|audits)\b|\b(?:from|join) (?:sign_ins|audits)\b/;
    const readers = sources.filter(
      ({ file, text }) => !file.startsWith('storage/migrations/') && text.split('\n').some((line) => reader.test(line)),
    );
    assert.deepEqual(
      readers.map(({ file }) => file),
      ['storage/database/sign-in-log/size.ts'],
    );
  });

  test('octets are sealed with AES-GCM in one file, but for the formats of standards pinned here', () => {
    const expected: Readonly<Record<string, string>> = {
      'core/device/jose/encrypted-answer.ts': 'a JWE whose key is derived, as brokers of devices read it',
      'core/device/session-key.ts': 'a JWE whose content key is the session key',
      'keys/sealed-bytes.ts': 'everything that Cardea seals for itself',
    };
    const users = sources.filter(({ text }) => /'aes-\d+-gcm'/.test(text)).map(({ file }) => file);
    assert.deepEqual(users.sort(), Object.keys(expected));
  });

  test('the length of a DER element is written in one file, and read in the long form by the readers of DER alone', () => {
    const readers = sources.filter(({ text }) =>
      /0x80 \? [^;]*& 0x7f\b|= first & 0x7f\b|\(at, first & 0x7f/.test(text),
    );
    assert.deepEqual(readers.map(({ file }) => file).sort(), ['core/asn1/der.ts', 'core/asn1/header.ts']);
    const writers = sources.filter(({ text }) => /0x80 \| \w+\.length|, 0x81, |length >> 8/.test(text));
    assert.deepEqual(writers.map(({ file }) => file).sort(), [
      'core/asn1/write-der.ts',
      'core/device/registration/certificate-extensions.ts', // always the long form, as Entra writes it
      'crls/fetch/ldap.ts', // BER, always two octets
    ]);
  });

  test('JSON that enters is read in the form of a schema, but where it is pinned here', () => {
    const checked = 'has no zod, and checks each member';
    const expected: Readonly<Record<string, string>> = {
      'cli/input/parse-document.ts': 'a thread: the command that asked for the file has the schema',
      'core/device/jose/compact-jws.ts': checked,
      'core/device/jose/encrypted-answer.ts': checked,
      'core/device/transport-key.ts': checked,
      'core/token/login-hint.ts': checked,
      'crls/index/image-file.ts': 'the head of a file that is authenticated with a key of the installation',
      'graph/protocol/body.ts': 'the operation has the schema',
      'graph/protocol/failure.ts': 'looks for a value anywhere in the body',
      'graph/resources/directory/deleted-items.ts': 'a column of the database',
      'net/bodies.ts': 'one string of a JSON text, which is a text',
      'pki/demo/demo-files.ts': 'the file of the demo, which is refused as a whole where it opens to nothing',
      'schema/json.ts': 'the reader',
    };
    const readers = sources.filter(({ file, text }) => parsesJson(text) && moduleOf(file) !== 'storage');
    assert.deepEqual(readers.map(({ file }) => file).sort(), Object.keys(expected));
  });

  for (const [text, isParser] of [
    ['const { tid } = JSON.parse(body) as { tid?: unknown };', true],
    ['const tokens = (await answer.json()) as Tokens;', true],
    ['const body = await c.req.json();', true],
    ['const tokens = requireJson(tokenAnswer, await answer.text(), refuse);', false],
    ['return c.json(body);', false],
  ] as const)
    test(`it ${isParser ? 'parses JSON' : 'parses none'}: ${text}`, () => assert.equal(parsesJson(text), isParser));

  test('only the server reads the clock of the machine', () => {
    const modules = ['core', 'core/trace', 'signin', 'admin', 'storage'];
    const reads = /\bnew Date\(\)|\bDate\.now\(/;
    assert.deepEqual(
      sources.filter(({ file, text }) => modules.includes(moduleOf(file)) && reads.test(text)).map(({ file }) => file),
      [],
    );
  });
});

const seeded = [
  { file: 'core/x509/path.ts', specifier: 'hono', says: 'core must not import hono (core/x509/path.ts)' },
  {
    file: 'core/trace/fault.ts',
    specifier: 'node:fs',
    says: 'core/trace must not import node:fs (core/trace/fault.ts)',
  },
  { file: 'core/crl/crl.ts', specifier: 'fs', says: 'core must not import node:fs (core/crl/crl.ts)' },
  { file: 'http/server.ts', specifier: '#storage/storage.ts', says: 'http must not import storage (http/server.ts)' },
  {
    file: 'signin/evaluation/evaluate.ts',
    specifier: '#http/page.ts',
    says: 'signin must not import http (signin/evaluation/evaluate.ts)',
  },
  { file: 'cli/run.ts', specifier: '../main.ts', says: 'cli must not import main.ts (cli/run.ts)' },
  {
    file: 'oidc/oidc.ts',
    specifier: 'oidc-provider/lib/helpers/x.js',
    says: 'oidc must not import oidc-provider/lib/helpers/x.js (oidc/oidc.ts)',
  },
  {
    file: 'apps/portal.ts',
    specifier: '#core/trace/trace.ts',
    says: 'apps must not import core/trace (apps/portal.ts)',
  },
];
for (const { file, specifier, says } of seeded) {
  for (const text of [
    `import { x } from '${specifier}';`,
    `export { x } from '${specifier}';`,
    `await import('${specifier}')`,
  ]) {
    test(`a seeded violation is a sentence: ${text}: ${says}`, () =>
      assert.deepEqual(violations({ file, text }), [says]));
  }
}
/** Upper-case hex without separators, of text or of octets: one form in which all of them are compared. */
const homemadeHex =
  /replace(?:All)?\(\/\[[^\]]+\]\/\w*,\s*''\)\s*\.to(?:Upper|Lower)Case\(\)|to(?:Upper|Lower)Case\(\) [!=]== \w*(?:[sS]ki|[tT]humbprint|[iI]dentifier)\b/;
test('hex that was entered is made comparable by core/hex alone, in the admin center too', () => {
  const cwd = join(root, '..', 'web', 'src');
  const ofWeb = globSync('**/*.{ts,tsx}', { cwd }).map((file) => ({
    file,
    text: readFileSync(join(cwd, file), 'utf8'),
  }));
  assert.ok(ofWeb.length > 50);
  const others = [...sources, ...ofWeb].filter(({ text }) => homemadeHex.test(text)).map(({ file }) => file);
  // Passes have letters outside of hex.
  assert.deepEqual(others.sort(), ['core/factors/temporary-access-pass.ts', 'core/hex.ts']);
});
test('ids and addresses that clients of Entra know by heart are written once', () => {
  const home = 'core/directory/well-known-applications.ts';
  const text = sources.find(({ file }) => file === home)!.text;
  const values = [...text.matchAll(/^export const \w+ = '([^']+)';$/gm)].map(([, value]) => value!);
  assert.ok(values.length >= 10);
  // Messages name an id for people, and the dictionary has octets of real entries, which never change.
  const texts = /\/reasons\/|packing-dictionary/;
  const others = sources.filter(
    ({ file, text }) => file !== home && !texts.test(file) && values.some((v) => text.includes(v)),
  );
  assert.deepEqual(
    others.map(({ file }) => file),
    [],
  );
});
test('no file imports files inside of oidc-provider', () => {
  const text = "import x from 'oidc-provider/lib/helpers/x.js';";
  const sentence = 'oidc must not import oidc-provider/lib/helpers/x.js (oidc/provider/x.ts)';
  assert.deepEqual(violations({ file: 'oidc/provider/x.ts', text }), [sentence]);
});
for (const [text, isWrite] of [
  ['await call.ports.groups.removeMember(id, member, actor);', true],
  ['await objects.change<PermissionGrant>(kind, id, work, entry);', true],
  ['await ports.policy\n  .setMethodState(method, undefined, actor);', true],
  ['await inside.devices.registrations.save(registration);', true],
  ["await devices.index.relate(id, 'owner', user);", true],
  ['await ports.synchronisation.saveState(domain, state);', true],
  ['await ports.devices.registrations.find(deviceId);', false],
  ['await ports.groups.members(id);', false],
  ['await ports.sessions.add(uid, proofs, end);', false],
] as const)
  test(`a call that writes a store is distinguished from one that reads: ${JSON.stringify(text)}`, () =>
    assert.equal(writesStore(text), isWrite));
test('a seeded circle is found, of types too', () => {
  const circle = [
    { file: 'core/a.ts', text: "import type { B } from './b.ts';" },
    { file: 'core/b.ts', text: "import { c } from '#core/c.ts';" },
    { file: 'core/c.ts', text: "import './a.ts';" },
  ];
  assert.equal(circleIn(circle), 'core/a.ts → core/b.ts → core/c.ts → core/a.ts');
});
test('a seeded circle of modules is found where their files form none', () => {
  const files = [
    { file: 'graph/listener.ts', text: "import { type Env } from '#http/context.ts';" },
    { file: 'http/server.ts', text: "import { isGraphPath } from '#graph/path.ts';" },
    { file: 'http/context.ts', text: '' },
    { file: 'graph/path.ts', text: '' },
  ];
  assert.equal(circleIn(files), undefined);
  assert.equal(moduleCircleIn(files), 'graph → http → graph');
});
