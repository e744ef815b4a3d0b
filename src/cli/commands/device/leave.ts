import type { Command } from '../../command.ts';
import { contextOf, type DeviceContext, deviceOptions } from '../../device/options/context.ts';
import { deleteDevice, deviceTls } from '../../device/registration/registration.ts';
import { DeviceServer, refusalIn } from '../../device/wire/device-server.ts';

export const deviceLeave: Command = {
  usage: 'device leave',
  summary:
    'Removes this device from the directory and its keys and tokens from this computer. The request uses the\ndevice certificate in TLS.',
  takes: [0, 0],
  options: {
    ...deviceOptions,
    'keep-in-directory': {
      type: 'boolean',
      help: 'Remove only the local keys and tokens, without contacting the server.',
    },
  },
  local: true,
  readsOnly: true,
  async run(call) {
    const context = contextOf(call);
    const { deviceId } = context.state.record();
    if (!call.values['keep-in-directory']) await leave(context);
    context.state.clear();
    call.output.say(
      call.values.json
        ? `${JSON.stringify({ deviceId })}\n`
        : `The device ${deviceId} was removed from the directory.\n`,
    );
    return 0;
  },
};

/** @throws deviceServerRefused unless the server answers 200, serverUnreachable */
async function leave({ state, network, transcript }: DeviceContext): Promise<void> {
  const record = state.record();
  transcript.step('The removal: the device certificate is shown in TLS (windows-sign-in 2.7)');
  const server = new DeviceServer(network, transcript, deviceTls(record, state.keys()));
  try {
    const answer = await deleteDevice(server, record);
    if (answer.status !== 200) throw refusalIn(answer, 'the removal of the device');
  } finally {
    server.close();
  }
}
