import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { namespacesMissing, runUnderEntraNames } from './entra-names.ts';

/** Where roadtx is: `CARDEA_ROADTX`, or in the path. */
const roadtx = process.env.CARDEA_ROADTX ?? 'roadtx';
const hasRoadtx = spawnSync(roadtx, ['--help'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
const skip = hasRoadtx
  ? namespacesMissing()
  : 'roadtx is not installed: pip install roadtx, and name its program in CARDEA_ROADTX';

describe('roadtx, unmodified, joins, registers, removes devices and signs in with them (windows-sign-in §5.2)', {
  skip,
}, () => {
  const run = skip ? { steps: {}, problem: undefined } : runUnderEntraNames('roadtx', { roadtx });
  const steps = run.steps as Readonly<Record<string, string>>;

  test('the program ran to its end', () => assert.equal(run.problem, undefined));

  for (const name of ['join', 'register', 'android', 'macos'])
    test(`${name} saves a device certificate`, () => {
      assert.match(steps[name] ?? '', /Device ID: [0-9a-f-]{36}\nSaved device certificate to road\d\.pem/);
    });

  test('the devices are in the directory as they were registered', () => {
    const devices = JSON.parse(steps.devices ?? '[]') as {
      displayName: string;
      trustType: string;
      operatingSystem: string;
    }[];
    assert.deepEqual(
      devices.map(({ displayName, trustType, operatingSystem }) => [displayName, trustType, operatingSystem]),
      [
        ['road1', 'AzureAd', 'Windows'],
        ['road2', 'Workplace', 'Windows'],
        ['road3', 'Workplace', 'Android'],
        ['road4', 'AzureAd', 'MacOS'],
      ],
    );
  });

  test('a synchronized computer joins with the proof that roadtx makes, as hybrid', () => {
    assert.match(steps.hybrid ?? '', new RegExp(`AAD device ID: ${steps.computer}`));
    const devices = JSON.parse(steps.left ?? '[]') as { deviceId: string; trustType: string }[];
    assert.equal(devices.find(({ deviceId }) => deviceId === steps.computer)?.trustType, 'ServerAd');
  });

  test('delete removes the device with its certificate, once', () => {
    assert.doesNotMatch(steps.delete ?? 'Error', /Error/);
    assert.match(steps.again ?? '', /Error deleting device[\s\S]*deviceUnknown/);
    assert.deepEqual(
      (JSON.parse(steps.left ?? '[]') as { displayName: string }[]).map(({ displayName }) => displayName),
      ['road2', 'road3', 'road4', 'computer'],
    );
  });

  for (const name of ['prt', 'renewed', 'card', 'cardRenewed'])
    test(`${name}: a primary refresh token is saved`, () => assert.match(steps[name] ?? '', /Saved PRT to \w+\.prt/));

  test('a card of another request is not taken again: its assertion has no nonce (140000)', () => {
    assert.match(steps.cardAgain ?? '', /AADSTS140000/);
  });

  for (const [name, what] of [
    ['refreshV1', 'the token by refresh token, version 1'],
    ['refreshV2', 'the token by refresh token, version 2'],
    ['cardV1', 'the token by card, version 1'],
    ['cardV2', 'the token by card, version 2'],
    ['browserV1', 'a browser session, version 1'],
    ['browserV2', 'a browser session, version 2'],
    ['browserCookie', 'a browser session with a cookie made before'],
  ] as const)
    test(`${what}: an access token for Graph with the device and the strength of the card`, () => {
      const { deviceid, amr, upn } = claimsOf(steps[name] ?? '');
      assert.match(steps.join ?? '', new RegExp(`Device ID: ${deviceid}`), steps[name]);
      assert.deepEqual([amr, upn], [['rsa', 'mfa'], 'ana@woodgrove.test']);
    });

  for (const name of ['endedRenewal', 'endedToken', 'endedByRefresh'])
    test(`${name}: the primary refresh token of the deleted device is refused (50155)`, () => {
      assert.match(steps[name] ?? '', /AADSTS50155/);
    });
});

/** The claims of the access token that roadtx printed; empty where it printed none. */
function claimsOf(output: string): Readonly<Record<string, unknown>> {
  const payload = /"accessToken": "[^".]+\.([^".]+)\./.exec(output)?.[1];
  return payload === undefined
    ? {}
    : (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>);
}
