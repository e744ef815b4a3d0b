import { changeSystemPreferred, systemPreferredOf } from '#admin/policies/system-preferred.ts';
import { type SystemCredentialPreferences, states } from '#core/access/methods/system-preferred.ts';
import { actor } from '../../actor.ts';
import { answer, type Command, ofTenant, text } from '../../command.ts';
import { changeOf, safety, tenantPorts } from '../trust/trust-edit.ts';

export const policyPrefer: Command = {
  usage: 'policy prefer [STATE]',
  summary:
    'Shows or changes system-preferred authentication. STATE is enabled (second factor), default (first factor as well) or disabled.',
  takes: [0, 1],
  choices: states,
  options: {
    ...ofTenant,
    ...safety,
    include: { type: 'string', value: 'GROUP', help: 'Group to include, by id (all_users for all users).' },
    exclude: { type: 'string', value: 'GROUP', help: 'Group to exclude, by id. Empty excludes no group.' },
  },
  async run(call) {
    const ports = await tenantPorts(call);
    const state = states.find((item) => item === call.positionals[0]);
    const [include, exclude] = [text(call, 'include'), text(call, 'exclude')];
    const change = {
      ...(state === undefined ? {} : { state }),
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
    };
    const show = (preferences: SystemCredentialPreferences) => {
      const ids = (targets: typeof preferences.includeTargets) => targets.map(({ id }) => id).join(' ');
      answer(call, preferences, [
        ['state', 'included', 'excluded'],
        [preferences.state, ids(preferences.includeTargets), ids(preferences.excludeTargets)],
      ]);
    };
    if (Object.keys(change).length > 0)
      return changeOf(call, ports, (inside) => changeSystemPreferred(change, { actor, ports: inside }), show);
    show(await systemPreferredOf(ports));
    return 0;
  },
};
