import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Actor, actorText, readActor } from './actor.ts';

const actors: readonly Actor[] = [
  { kind: 'user', id: 'a1', name: 'ana@woodgrove.test', ipAddress: '2001:db8::1' },
  { kind: 'app', id: 'b2', name: 'Payroll / night run' },
  { kind: 'user', id: 'c3', name: '', ipAddress: '' },
];
test('an actor written to the audit log is read back as it was', () => {
  for (const actor of actors) assert.deepEqual(readActor(actorText(actor)), actor);
});

test('another text is an application without an id', () => {
  for (const text of ['cli:root', 'demo', 'user/', 'user/%zz']) {
    assert.deepEqual(readActor(text), { kind: 'app', id: '', name: text });
  }
});
