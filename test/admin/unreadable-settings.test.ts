import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import { readDemoFiles } from '#pki/demo/demo-files.ts';
import { secretFilesOf } from '#server/backup/secret-files.ts';
import { readConfig } from '#server/config.ts';
import { openTls } from '#server/listeners/tls-files.ts';
import { rememberFolder } from '#server/settings/remembered-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-unreadable-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (problem) {
    return (problem as CardeaError).because?.code ?? String(problem);
  }
};

describe('settings that cannot be read', () => {
  test('are refused where cardea.json is a folder', () => {
    const data = join(folder, 'folder');
    mkdirSync(join(data, 'cardea.json'), { recursive: true });
    assert.equal(
      codeOf(() => readConfig({ dataFolder: data }, {}, '/')),
      'fileUnreadable',
    );
  });

  test('are refused where cardea.json has a name twice, of which the parser would take the last one', () => {
    const data = join(folder, 'twice');
    mkdirSync(data);
    writeFileSync(join(data, 'cardea.json'), '{ "port": 8443, "logLevel": "info", "\\u0070ort": 9443 }');
    assert.throws(() => readConfig({ dataFolder: data }, {}, '/'), {
      because: {
        code: 'fileUnreadable',
        evidence: { file: join(data, 'cardea.json'), problem: 'it has "\\u0070ort" twice' },
      },
    });
  });

  test('are refused below a file', () => {
    assert.equal(
      codeOf(() => readConfig({ dataFolder: join(import.meta.filename, 'data') }, {}, '/')),
      'dataFolderUnusable',
    );
  });

  describe('by this user', { skip: process.getuid?.() === 0 ? false : 'needs root' }, () => {
    /** Runs with the rights of another user. */
    const asOther = (work: () => unknown) => {
      chmodSync(folder, 0o755);
      process.seteuid!(4202);
      try {
        return codeOf(work);
      } finally {
        process.seteuid!(0);
      }
    };

    test('are not taken for absent', () => {
      const [closed, file] = [join(folder, 'closed'), join(folder, 'file')];
      for (const data of [closed, file]) {
        mkdirSync(data, { mode: data === closed ? 0o700 : 0o755 });
        writeFileSync(join(data, 'cardea.json'), '{"port":5}', { mode: 0o600 });
      }
      for (const data of [closed, file])
        assert.equal(
          asOther(() => readConfig({ dataFolder: data }, {}, '/')),
          'dataFolderOfOther',
        );
    });

    test('are not taken for those of another folder', () => {
      mkdirSync(join(folder, 'here', 'data'), { recursive: true, mode: 0o755 });
      chmodSync(join(folder, 'here', 'data'), 0o700);
      assert.equal(
        asOther(() => readConfig({}, {}, join(folder, 'here'))),
        'dataFolderOfOther',
      );
    });

    test('are not taken for another folder where the note of the remembered one is closed', () => {
      const environment = { XDG_CONFIG_HOME: join(folder, 'closed-note') };
      const target = join(folder, 'target');
      mkdirSync(target);
      writeFileSync(join(target, 'cardea.json'), '{}');
      rememberFolder(target, environment);
      chmodSync(environment.XDG_CONFIG_HOME, 0o700);
      assert.equal(
        asOther(() => readConfig({}, environment, folder)),
        'dataFolderOfOther',
      );
    });

    const config = (data: string) => readConfig({ dataFolder: data }, {}, '/');
    for (const [what, file, read, code] of [
      ['the TLS certificate that Cardea made', 'tls/tls.json', (data) => openTls(config(data)), 'dataFolderOfOther'],
      ['the demo', 'demo/woodgrove.json', (data) => readDemoFiles(join(data, 'demo')), 'demoFilesUnreadable'],
      ['what a backup seals', 'tls/tls.json', (data) => secretFilesOf(data, undefined), 'dataFolderOfOther'],
    ] satisfies [string, string, (data: string) => unknown, string][])
      for (const mode of [0o700, 0o744])
        test(`of ${what} are not taken for absent where their folder has the mode ${mode.toString(8)}`, () => {
          const data = mkdtempSync(join(folder, 'data-'));
          chmodSync(data, 0o777);
          mkdirSync(join(data, dirname(file)));
          writeFileSync(join(data, file), '{}');
          chmodSync(join(data, dirname(file)), mode);
          assert.equal(
            asOther(() => read(data)),
            code,
          );
        });

    test('are not missed where a folder is remembered: data here can be that of another program', () => {
      const [other, remembered, home] = ['other', 'remembered', 'home'].map((name) => join(folder, name));
      mkdirSync(join(other!, 'data'), { recursive: true, mode: 0o755 });
      chmodSync(join(other!, 'data'), 0o700);
      mkdirSync(remembered!);
      writeFileSync(join(remembered!, 'cardea.json'), '{}');
      const environment = { XDG_CONFIG_HOME: home! };
      rememberFolder(remembered!, environment);
      // What other users may read, whatever the umask is.
      for (const path of [home!, join(home!, 'cardea')]) chmodSync(path, 0o755);
      chmodSync(join(home!, 'cardea', 'data-folder'), 0o644);
      let dataFolder: unknown;
      assert.equal(
        asOther(() => {
          ({ dataFolder } = readConfig({}, environment, other!));
        }),
        'none',
      );
      assert.equal(dataFolder, remembered);
    });
  });
});
