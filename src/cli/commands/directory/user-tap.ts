import { issuePass, makePass } from '#admin/directory/methods/temporary-access-pass.ts';
import { passEnds } from '#core/factors/temporary-access-pass.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import { type Call, type Command, ofTenant, text } from '../../command.ts';
import { timeIn } from '../../input/time.ts';
import { wholeNumber } from '../../input/whole-number.ts';
import { guardedChange, tenantPorts } from '../trust/trust-edit.ts';

export const userTap: Command = {
  usage: 'user tap UPN',
  summary:
    'Issues a Temporary Access Pass, which counts as multifactor. It is shown once and replaces the earlier pass.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    minutes: { type: 'string', value: 'NUMBER', help: 'Lifetime in minutes, 10 to 43200 (default: 60).' },
    start: { type: 'string', value: 'TIME', help: 'Start time in ISO 8601 (default: now).' },
    once: { type: 'boolean', help: 'The pass can be used only once.' },
  },
  async run(call) {
    const ports = await tenantPorts(call);
    const request = { ...(await makePass(ports.passwords)), ...timesOf(call), isUsableOnce: call.values.once === true };
    const { pass, method } = orThrow(
      await guardedChange(call, ports, (inside) =>
        issuePass(call.positionals[0]!, request, { at: inside.clock.now(), actor, ports: inside }),
      ),
    );
    const { startDateTime, lifetimeInMinutes, isUsableOnce } = method;
    const ends = passEnds(method).toISOString();
    if (call.values.json) {
      const answer = { id: method.id, temporaryAccessPass: pass, startDateTime, lifetimeInMinutes, isUsableOnce };
      call.output.say(`${JSON.stringify(answer, null, 2)}\n`);
    } else {
      const uses = isUsableOnce ? 'once' : 'any number of times';
      call.output.say(
        `${pass}\n\nUsable ${uses} from ${startDateTime.toISOString()} to ${ends}. It is not shown again.\n`,
      );
    }
    return 0;
  },
};

function timesOf(call: Call) {
  const [lifetimeInMinutes, start] = [wholeNumber(call, 'minutes'), text(call, 'start')];
  const startDateTime = start === undefined ? undefined : timeIn(start);
  if (start !== undefined && !startDateTime)
    throw fault('commandMisused', { problem: `--start: "${start}" is not a time in ISO 8601.` });
  return { lifetimeInMinutes, startDateTime };
}
