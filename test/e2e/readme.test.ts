import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { missing } from '../browsers/packages.ts';
import { RunningServer } from './server.ts';

const root = join(import.meta.dirname, '..', '..');
const sections = readFileSync(join(root, 'README.md'), 'utf8').split(/^## /m).slice(1);

/** The blocks of commands or YAML of a section, in their order. */
function blocksOf(heading: string): readonly string[] {
  const section = sections.find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block]) => block!);
}

describe('the commands of the README work as they are written', () => {
  const home = mkdtempSync(join(tmpdir(), 'cardea-readme-'));
  let demo: RunningServer;
  before(async () => {
    demo = await RunningServer.start({}, { separateProcess: true });
    symlinkSync(demo.folder, join(home, 'data'));
  });
  after(async () => {
    await demo?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  /** Runs a block in a shell; the commands that connect are given the port of the demo of this test. */
  async function run(block: string, folder: string): Promise<{ readonly failed: string[]; readonly out: string }> {
    const script = `
      npx() {
        shift
        case "$1 $2" in "sign-in "*|"device join") set -- "$@" --url ${demo.origin};; esac
        "${process.execPath}" "${join(root, 'bin', 'cardea.mjs')}" "$@"
      }
      set -E
      trap 'echo "failed: $BASH_COMMAND" >&2' ERR
      ${block}`;
    const shell = spawn('bash', ['-c', script], {
      cwd: folder,
      env: { ...process.env, HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    shell.stdout.on('data', (chunk) => (out += String(chunk)));
    shell.stderr.on('data', (chunk) => (err += String(chunk)));
    await new Promise((done) => shell.once('close', done));
    return { failed: err.includes('failed: ') ? [err] : [], out };
  }

  test('a first sign-in without a browser, and how it and a refused card are explained', async () => {
    const [commands, trace] = blocksOf('Your first sign-in');
    const { out } = await run(commands!, home);
    assert.match(out, /"?preferred_username"?.*ana@woodgrove\.test/);
    for (const line of trace!.trim().split('\n')) {
      const [mark, step] = line.trim().split(/\s+/);
      assert.match(out, new RegExp(`${mark}.*${step}`), `explain prints a line as the README shows it: ${line}`);
    }
  });

  test('a domain and a CA of the reader, made with OpenSSL', { skip: missing('openssl') }, async () => {
    const [authority, tenant, policy, apply] = blocksOf('Your own domain and CA');
    const folder = mkdtempSync(join(home, 'own-'));
    assert.deepEqual((await run(authority!, folder)).failed, []);
    assert.deepEqual((await run(tenant!, folder)).failed, []);
    writeFileSync(join(folder, 'policy.yaml'), policy!);
    const { failed, out } = await run(apply!, folder);
    assert.deepEqual(failed, []);
    assert.match(out, /Ana Ruiz|ana@example\.org/);
    assert.match(out, /multifactor/i);
  });

  test('an application gets its id, its secret and the issuer', async () => {
    const { failed, out } = await run(blocksOf('Your own application')[0]!, home);
    assert.deepEqual(failed, []);
    for (const name of ['client_id', 'client_secret', 'issuer']) assert.match(out, new RegExp(name));
  });

  test('a device joins, its user signs in to it, it gets a token and leaves', async () => {
    const { failed, out } = await run(blocksOf('A joined device')[0]!, home);
    assert.deepEqual(failed, []);
    assert.match(out, /eyJ/);
  });
});
