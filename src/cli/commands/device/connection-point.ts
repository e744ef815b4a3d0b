import { isGuid } from '#core/device/guid.ts';
import { fault } from '#core/trace/fault.ts';
import { answer, type Call, type Command, text } from '../../command.ts';
import { directoryOptions, withActiveDirectory } from '../../device/active-directory/options.ts';

export const deviceConnectionPoint: Command = {
  usage: 'device connection-point',
  summary:
    'Shows which tenant the computers of a forest join: the service connection point of device registration in Active\nDirectory. With --write, writes it as an administrator of the forest.',
  takes: [0, 0],
  options: {
    write: { type: 'boolean', help: 'Write it, for --tenant and --tenant-id.' },
    tenant: { type: 'string', value: 'DOMAIN', help: 'A verified domain of the tenant.' },
    'tenant-id': { type: 'string', value: 'GUID', help: 'The id of the tenant.' },
    ...directoryOptions,
  },
  local: true,
  readsOnly: true,
  async run(call) {
    const point = await withActiveDirectory(call, async (directory) => {
      if (call.values.write) await directory.writeConnectionPoint(pointOf(call));
      return directory.connectionPoint();
    });
    answer(call, point, [
      ['Domain', 'Tenant'],
      [point.domain, point.tenantId],
    ]);
    return 0;
  },
};

/** @throws commandMisused */
function pointOf(call: Call) {
  const [domain, tenantId] = [text(call, 'tenant'), text(call, 'tenant-id')?.toLowerCase()];
  if (domain === undefined || !isGuid(tenantId ?? ''))
    throw fault('commandMisused', { problem: '--write requires --tenant, and --tenant-id with a GUID.' });
  return { domain, tenantId: tenantId! };
}
