import { changeSystemPreferred, systemPreferredOf } from '#admin/policies/system-preferred.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { actor } from '../../actor.ts';
import { answer, type Command, ofTenant, text } from '../../command.ts';

export const policyPrefer: Command = {
  usage: 'policy prefer [STATE]',
  summary:
    'Shows or changes who starts with the method the system prefers: enabled (second factor), default (the first, too), disabled.',
  takes: [0, 1],
  options: {
    ...ofTenant,
    include: { type: 'string', value: 'GROUP', help: 'for this group only (its id; all_users for everybody)' },
    exclude: { type: 'string', value: 'GROUP', help: 'but not for this one ("" for nobody)' },
  },
  async run(call) {
    const { tenants, adminOf } = await call.open();
    const ports = await adminOf((await chosenTenant(text(call, 'tenant'), tenants)).id);
    const [state] = call.positionals;
    const [include, exclude] = [text(call, 'include'), text(call, 'exclude')];
    const change = {
      ...(state === undefined ? {} : { state }),
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
    };
    const isChange = Object.keys(change).length > 0;
    const now = isChange ? await changeSystemPreferred(change, actor, ports) : await systemPreferredOf(ports);
    const ids = (targets: typeof now.includeTargets) => targets.map(({ id }) => id).join(' ');
    answer(call, now, [
      ['state', 'included', 'excluded'],
      [now.state, ids(now.includeTargets), ids(now.excludeTargets)],
    ]);
    return 0;
  },
};
