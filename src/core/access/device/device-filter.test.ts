import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { orThrow } from '../../trace/ruling.ts';
import type { DeviceFacts } from './device-facts.ts';
import { matchesDeviceFilter, parseDeviceFilter } from './device-filter.ts';

const device: DeviceFacts = {
  deviceId: '9d53c6fa-b38e-4509-8fb1-51dedb421aac',
  displayName: 'PAW-Ana "1"',
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0.26100.1',
  trustType: 'AzureAd',
  isCompliant: true,
  isManaged: null,
  deviceOwnership: null,
  physicalIds: ['[OrderId]:1', '[ZTDID]:x'],
  systemLabels: ['M365Managed'],
  extensionAttributes: { extensionAttribute1: 'SAW' },
};

const matches = (rule: string, of: DeviceFacts | undefined) => {
  return matchesDeviceFilter(orThrow(parseDeviceFilter(rule)), of);
};

describe('a filter for devices is understood as Entra writes it', () => {
  for (const [rule, validRule, unknown] of [
    ['device.trustType -eq "AzureAD"', true, false],
    ['device.trustType -ne "ServerAD"', true, true],
    ['device.isCompliant -eq True', true, false],
    ['device.isCompliant -ne True', false, true],
    ['device.displayName -startsWith "paw-"', true, false],
    ['device.displayName -endsWith "\\"1\\""', true, false],
    ['device.displayName -notContains "ana"', false, true],
    ['device.operatingSystem -in ["Windows", "Linux"]', true, false],
    ['device.operatingSystem -notIn ["Linux"]', true, true],
    ['device.physicalIds -contains "[ZTDID]:x"', true, false],
    ['device.extensionAttribute1 -eq "SAW" -and device.deviceOwnership -ne "Company"', true, false],
    ['device.extensionAttribute2 -eq "SAW" -or device.systemLabels -contains "Managed"', true, false],
    ['-not (device.operatingSystem -eq "Linux" -or device.trustType -eq "Workplace")', true, true],
    ['device.extensionAttribute15 -eq "a" -or device.isCompliant -eq True -and device.trustType -eq "x"', false, false],
    ["device.deviceId -eq '9D53C6FA-B38E-4509-8FB1-51DEDB421AAC'", true, false],
  ] as const) {
    test(`${rule}: ${validRule} for a device, ${unknown} for one that is not known`, () => {
      assert.deepEqual([matches(rule, device), matches(rule, undefined)], [validRule, unknown]);
    });
  }
});

describe('a filter that is not understood is refused', () => {
  for (const [name, rule] of [
    ['an empty one', ''],
    ['a property that is not known', 'device.model -eq "x"'],
    ['an operator that is not known', 'device.displayName -match "x"'],
    ['a value without quotes', 'device.displayName -eq PC'],
    ['a text that does not end', 'device.displayName -eq "PC'],
    ['a parenthesis that does not end', '(device.displayName -eq "PC"'],
    ['words behind the end', 'device.displayName -eq "PC" device.displayName'],
    ['characters of no word', 'device.displayName -eq "PC" ; -or'],
    ['parentheses a hundred deep', `${'('.repeat(100)}device.displayName -eq "a"${')'.repeat(100)}`],
  ] as const) {
    test(name, () => assert.equal(parseDeviceFilter(rule).outcome, 'refused'));
  }
});

test('a rule of 3072 characters is accepted, and one character more is refused because of the length', () => {
  const ofLength = (length: number) => parseDeviceFilter('device.displayName -eq "PC"'.padEnd(length));
  assert.equal(ofLength(3072).outcome, 'passed');
  const { evidence } = ofLength(3073).because;
  assert.match((evidence as { problem: string }).problem, /longer than 3072 characters/);
});
