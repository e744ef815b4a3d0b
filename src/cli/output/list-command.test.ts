import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isActivity } from '#core/audit/activities.ts';
import { fault } from '#core/trace/fault.ts';
import { everywhere } from '../command.ts';
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
  for (const listing of Object.values(listCommands)) {
    const command = housekeeping.find(({ usage }) => listing === usage || listing.startsWith(`${usage} --`));
    assert.ok(command, listing);
    const options = listing.match(/(?<= --)[a-z]+/g) ?? [];
    for (const option of options) assert.ok(option in { ...command.options, ...everywhere }, listing);
    const activity = /--activity "(.*)"/.exec(listing)?.[1];
    assert.ok(activity === undefined || isActivity(activity), listing);
  }
});

test('where there is no such object, the command that lists those of its kind is named', async () => {
  assert.equal(await complaintOf('user'), 'cardea: there is no user "x".\nRun `cardea user list`.\n');
  assert.match(await complaintOf('application'), /Run `cardea app list`\.\n$/);
});

test('where there is no such role, the roles are named', async () =>
  assert.match(await complaintOf('directory role'), /\nSpecify one of these roles: Global Administrator, /));

test('where there is no such deleted object, the command that lists the deletions is named', async () =>
  assert.match(await complaintOf('deleted user'), /\nRun `cardea audit list --activity "Delete user"`\.\n$/));

test('a kind that no command lists has the general remedy', async () =>
  assert.match(
    await complaintOf('user, group or application'),
    /Most kinds have a `list` command \(`cardea --help`\)\.\n$/,
  ));
