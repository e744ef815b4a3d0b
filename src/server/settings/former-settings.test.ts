import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { messageOf } from '#core/trace/fault.ts';
import { readConfig } from '../config.ts';
import { formerFindings } from './findings.ts';
import { type FormerSetting, formerSettings } from './former-settings.ts';
import { settingNames } from './shape.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-former-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const former: readonly FormerSetting[] = [
  { name: 'logDays', current: 'signInLogDays', advice: 'Rename it.' },
  { name: 'fastMode', advice: 'Remove it.' },
];
const read = (file: object, environment: NodeJS.ProcessEnv = {}) => {
  writeFileSync(join(folder, 'cardea.json'), JSON.stringify(file));
  const config = readConfig({ dataFolder: folder }, environment, '/', former);
  return { days: config.signInLogDays, says: formerFindings(config, environment, former).map(messageOf) };
};

describe('a setting of an earlier version', () => {
  const cases: readonly {
    name: string;
    file?: object;
    environment?: NodeJS.ProcessEnv;
    days: number;
    says: readonly string[];
  }[] = [
    {
      name: 'counts in cardea.json under its former name, and is warned of',
      file: { logDays: 7 },
      days: 7,
      says: ['The setting logDays (cardea.json) was renamed to signInLogDays. Its value is still used. Rename it.'],
    },
    {
      name: 'counts in the environment, which is nearer than cardea.json',
      file: { signInLogDays: 9 },
      environment: { CARDEA_LOG_DAYS: '8' },
      days: 8,
      says: ['The setting CARDEA_LOG_DAYS was renamed to signInLogDays. Its value is still used. Rename it.'],
    },
    {
      name: 'does not count beside its name of today in the same place, and is warned of',
      file: { logDays: 7, signInLogDays: 9 },
      days: 9,
      says: ['The setting logDays (cardea.json) was renamed to signInLogDays. Its value is still used. Rename it.'],
    },
    {
      name: 'that has no effect any more is taken and warned of',
      file: { fastMode: true },
      days: 30,
      says: ['The setting fastMode (cardea.json) has no effect any more. Remove it.'],
    },
    { name: 'that is not set is not warned of', days: 30, says: [] },
  ];
  for (const { name, file = {}, environment, days, says } of cases)
    test(name, () => assert.deepEqual(read(file, environment), { days, says }));

  test('is refused where its value is not valid, by its name of today', () => {
    assert.throws(() => read({ logDays: 0 }), /the setting signInLogDays is not valid: it must be at least 1/);
  });
});

test('every former setting leads to a setting of today, and its name is not in use', () => {
  for (const { name, current } of formerSettings) {
    assert.ok(!settingNames.includes(name), name);
    assert.ok(current === undefined || settingNames.includes(current), current);
  }
});
