import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { type DeviceRecord, DeviceState, type PrimaryRefreshToken } from './device-state.ts';
import { exposureOf, StateFolder } from './state-folder.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-state-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (thrown) {
    assert.ok(thrown instanceof CardeaError, String(thrown));
    return thrown.because.code;
  }
};
const modeOf = (path: string) => statSync(path).mode & 0o777;

test('a new state folder and its files are readable by their owner alone, whatever the umask', (t) => {
  const path = join(temporaryFolder(t), 'below', 'device');
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const folder = StateFolder.open(path);
  folder.write('a.json', '{}');
  assert.deepEqual([modeOf(path), modeOf(join(path, 'a.json'))], [0o700, 0o600]);
});

test('reading makes no folder', (t) => {
  const path = join(temporaryFolder(t), 'device');
  const folder = StateFolder.open(path);
  assert.deepEqual([folder.read('a.json'), folder.list('a')], [undefined, []]);
  assert.equal(existsSync(path), false);
});

describe('what another account could read or change is refused', () => {
  for (const mode of [0o750, 0o705, 0o777, 0o710]) {
    test(`a folder of mode ${mode.toString(8)}`, (t) => {
      const path = temporaryFolder(t);
      chmodSync(path, mode);
      assert.equal(
        codeOf(() => StateFolder.open(path)),
        'deviceStateExposed',
      );
    });
  }
  for (const mode of [0o640, 0o604, 0o620]) {
    test(`a file of mode ${mode.toString(8)}`, (t) => {
      const path = temporaryFolder(t);
      const folder = StateFolder.open(path);
      folder.write('device-key.pem', 'key');
      chmodSync(join(path, 'device-key.pem'), mode);
      assert.equal(
        codeOf(() => folder.read('device-key.pem')),
        'deviceStateExposed',
      );
    });
  }
  test('a symbolic link in place of a file or of the folder', (t) => {
    const path = temporaryFolder(t);
    const folder = StateFolder.open(path);
    writeFileSync(join(path, 'elsewhere'), 'key', { mode: 0o600 });
    symlinkSync(join(path, 'elsewhere'), join(path, 'device-key.pem'));
    assert.equal(
      codeOf(() => folder.read('device-key.pem')),
      'deviceStateExposed',
    );
    mkdirSync(join(path, 'real'), { mode: 0o700 });
    symlinkSync(join(path, 'real'), join(path, 'link'));
    assert.equal(
      codeOf(() => StateFolder.open(join(path, 'link'))),
      'deviceStateExposed',
    );
  });
  test('a folder of another account', () => {
    const stats = { mode: 0o40700, uid: 1001, isDirectory: () => true, isFile: () => false };
    assert.match(exposureOf(stats, 'directory', 1000)!, /another account/);
    assert.equal(exposureOf({ ...stats, uid: 1000 }, 'directory', 1000), undefined);
    assert.equal(exposureOf({ ...stats, mode: 0o40777 }, 'directory', undefined), undefined);
  });
});

test('a file is replaced as a whole, and no draft is left behind', (t) => {
  const path = temporaryFolder(t);
  const folder = StateFolder.open(path);
  folder.write('a', 'one');
  folder.write('a', 'two');
  assert.equal(readFileSync(join(path, 'a'), 'utf8'), 'two');
  mkdirSync(join(path, 'b'));
  assert.equal(
    codeOf(() => folder.write('b', 'a folder has this name')),
    'deviceStateUnusable',
  );
  assert.deepEqual(readdirSync(path).sort(), ['a', 'b']);
});

const record: DeviceRecord = {
  deviceId: '9d53c6fa-b38e-4509-8fb1-51dedb421aac',
  tenantId: '11111111-2222-3333-4444-555555555555',
  join: 'joined',
  displayName: 'Computer 1',
  deviceType: 'Linux',
  osVersion: '6.1',
  loginOrigin: 'https://login.example',
  registrationOrigin: 'https://register.example',
  certificate: 'MAA=',
  registeredBy: 'ana@woodgrove.example',
  registeredAt: '2026-06-01T12:00:00.000Z',
  localAdministrators: [],
};
const token = (fields: Partial<PrimaryRefreshToken>): PrimaryRefreshToken => ({
  kind: 'certificate',
  token: '0.AB.CD',
  sessionKey: Buffer.alloc(32).toString('base64'),
  userPrincipalName: 'ana@woodgrove.example',
  objectId: '22222222-2222-3333-4444-555555555555',
  methods: ['rsa', 'mfa'],
  obtainedAt: '2026-06-01T12:00:00.000Z',
  expiresAt: '2026-06-15T12:00:00.000Z',
  ...fields,
});

describe('the state of a device', () => {
  const opened = (t: TestContext) => new DeviceState(StateFolder.open(temporaryFolder(t)));
  test('there is no registration before one is saved, and none after it is cleared', (t) => {
    const state = opened(t);
    assert.equal(
      codeOf(() => state.record()),
      'deviceNotRegistered',
    );
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    state.save(record, { device: privateKey, transport: privateKey });
    state.keep(token({}));
    state.cacheName('AB', 'ana@woodgrove.example');
    assert.deepEqual(state.record(), record);
    assert.equal(state.keys().device.equals(privateKey), true);
    state.clear();
    assert.deepEqual(readdirSync(state.path), []);
  });
  test('each kind of credential and each user has a primary refresh token of its own (PRT-6)', (t) => {
    const state = opened(t);
    const ben = { userPrincipalName: 'ben@woodgrove.example', objectId: '33333333-2222-3333-4444-555555555555' };
    state.keep(token({ token: '0.1.1' }));
    state.keep(token({ token: '0.2.2', obtainedAt: '2026-06-01T13:00:00.000Z' }));
    state.keep(token({ kind: 'password', token: '0.3.3', methods: ['pwd'], obtainedAt: '2026-06-01T14:00:00.000Z' }));
    state.keep(token({ ...ben, token: '0.4.4', obtainedAt: '2026-06-01T11:00:00.000Z' }));
    assert.deepEqual(
      state.tokens().map((entry) => entry.token),
      ['0.3.3', '0.2.2', '0.4.4'],
    );
    assert.equal(state.token('certificate', undefined).token, '0.2.2');
    assert.equal(state.token(undefined, 'BEN@woodgrove.example').token, '0.4.4');
    assert.equal(
      codeOf(() => state.token('password', 'ben@woodgrove.example')),
      'primaryRefreshTokenMissing',
    );
  });
  test('the name that a sign-in returned is cached by certificate (WIN-9)', (t) => {
    const state = opened(t);
    state.cacheName('AB', 'ana@woodgrove.example');
    state.cacheName('CD', 'ben@woodgrove.example');
    assert.deepEqual(
      ['AB', 'CD', 'EF'].map((thumbprint) => state.cachedName(thumbprint)),
      ['ana@woodgrove.example', 'ben@woodgrove.example', undefined],
    );
  });
  test('a file that is not what it should be is named', (t) => {
    const path = temporaryFolder(t);
    const folder = StateFolder.open(path);
    folder.write('device.json', '{');
    const state = new DeviceState(folder);
    assert.equal(
      codeOf(() => state.record()),
      'deviceStateUnusable',
    );
    assert.equal(
      codeOf(() => state.keys()),
      'deviceStateUnusable',
    );
  });
});
