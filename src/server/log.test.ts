import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { fault } from '#core/trace/fault.ts';
import { freePort } from '#test/free-port.ts';
import { description } from './log.ts';

describe('a problem in the log', () => {
  test('with a reason has the code and the remedy, and no stack', () => {
    const fields = description(fault('settingInvalid', { setting: 'logLevel', problem: 'it must be debug' }));
    assert.equal(fields.fault, 'the setting logLevel is not valid: it must be debug');
    assert.equal(fields.reason, 'settingInvalid');
    assert.match(fields.remedy ?? '', /docs\/settings\.md/);
    assert.equal(fields.stack, undefined);
  });

  test('of a connection has no stack, because Node.js alone is in it', async () => {
    const port = await freePort();
    const [problem] = await once(connect(port, '127.0.0.1'), 'error');
    assert.deepEqual(description(problem), { fault: `connect ECONNREFUSED 127.0.0.1:${port}` });
  });

  test('of the program has the stack', () => {
    const problem = new TypeError('x is undefined');
    assert.deepEqual(description(problem), { fault: 'x is undefined', stack: problem.stack });
  });

  test('without an error has its text', () => assert.deepEqual(description('gone'), { fault: 'gone' }));
});
