import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '#core/trace/fault.ts';
import { housekeeping } from '../shell/housekeeping.ts';
import { listCommands } from './list-command.ts';
import { reportFaults } from './report.ts';

/** What a command says on stderr where there is no object of the kind. */
async function complaintOf(kind: string): Promise<string> {
  const complaints: string[] = [];
  const output = {
    cwd: '/',
    isTerminal: false,
    say: () => undefined,
    complain: (text: string) => void complaints.push(text),
  };
  await reportFaults(output, false, () => Promise.reject(fault('nothingFound', { kind, wanted: 'x' })));
  return complaints.join('');
}

test('each command that a remedy names is one', () => {
  const usages = housekeeping.map(({ usage }) => usage);
  for (const command of Object.values(listCommands)) assert.ok(usages.includes(command), command);
});

test('where there is no such object, the command that lists those of its kind is named', async () => {
  assert.equal(await complaintOf('user'), 'cardea: there is no user "x".\nRun `cardea user list`.\n');
  assert.match(await complaintOf('application'), /Run `cardea app list`\.\n$/);
});

test('a kind that no command lists has the general remedy', async () =>
  assert.match(await complaintOf('deleted user'), /Most kinds have a `list` command \(`cardea --help`\)\.\n$/));
