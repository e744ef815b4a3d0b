import '#server/reasons/join.ts';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { pemOfKey } from '#cli/client/card.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { RunningServer } from '../e2e/server.ts';
import { testCa } from '../pki/test-ca.ts';
import { keepRelease } from './release.ts';

/**
 * Keeps what tests need of the version of this checkout: its program in one file, and a data folder with the demo tenant, a card
 * that is valid until 2049, a user with a password and a device. To be run at each release: `npm run keep-release`.
 */
const root = join(import.meta.dirname, '..', '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const folder = mkdtempSync(join(tmpdir(), 'cardea-release-'));

const server = await RunningServer.start();
const extra = join(server.folder, 'fixture');
const [caFile, cardFile, passwordFile] = ['ca.pem', 'card.pem', 'password'].map((name) => join(extra, name));
const authority = testCa('O=Woodgrove,CN=Fixture Root', { key: 'P-256' });
const card = authority.issueUserCertificate({ upn: 'ana@woodgrove.test', subject: 'CN=Ana Ruiz' });
mkdirSync(extra);
writeFileSync(caFile!, authority.pem);
writeFileSync(cardFile!, pem('CERTIFICATE', card.der) + pemOfKey(card.privateKey));
writeFileSync(passwordFile!, 'Fixture-Pass-1\n');
const commands = [
  ['ca', 'add', caFile!],
  ['user', 'add', 'pia@woodgrove.test', '--name', 'Pia', '--password-file', passwordFile!],
  ['app', 'add', 'Portal', '--redirect-uri', 'http://localhost/callback'],
];
for (const words of commands) await server.cardea(...words);
await server.signIn('ana@woodgrove.test', server.card('ana'));
await server.stop();
rmSync(join(server.folder, 'demo', 'cards'), { recursive: true });
await build({
  cwd: root,
  input: { main: 'src/main.ts' },
  platform: 'node',
  tsconfig: false,
  external: (id) =>
    /^(?:[a-z][\w.-]*|@[\w-]+\/[\w.-]+)(?:\/|$)|^node:/.test(id) && !/^(?:src\/|@oxc-project\/)/.test(id),
  output: { dir: folder, format: 'esm', minify: true, codeSplitting: false, entryFileNames: '[name].js' },
});
keepRelease(version, server.folder, join(folder, 'main.js'));
await server.remove();
rmSync(folder, { recursive: true });
