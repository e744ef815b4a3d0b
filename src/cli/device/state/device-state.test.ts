import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import { DeviceState } from './device-state.ts';
import { StateFolder } from './state-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'cardea-device-state-'));
after(() => rmSync(parent, { recursive: true }));
const folder = StateFolder.open(join(parent, 'state'));
const state = new DeviceState(folder);

for (const [text, problem] of [
  ['{', /^it is not JSON/],
  ['[]', /^it must be an object$/],
  ['{"deviceId":7}', /^deviceId: it must be text$/],
] as const)
  test(`a registration that is ${text} is refused, with its file and the place`, () => {
    folder.write('device.json', text);
    assert.throws(
      () => state.find(),
      (thrown: CardeaError) => {
        const { path, problem: words } = thrown.because.evidence as { path: string; problem: string };
        assert.deepEqual([thrown.because.code, path], ['deviceStateUnusable', join(parent, 'state', 'device.json')]);
        assert.match(words, problem);
        return true;
      },
    );
  });
