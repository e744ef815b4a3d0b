import type { Command } from '../../command.ts';
import { contextOf, deviceOptions } from '../../device/options/context.ts';
import { publicPart } from '../../device/options/show-token.ts';
import type { DeviceRecord, PrimaryRefreshToken } from '../../device/state/device-state.ts';
import { table } from '../../output/table.ts';

/** Milliseconds after which Windows renews a primary refresh token (PRT-2). */
const renewalAge = 4 * 60 * 60 * 1000;

export const deviceStatus: Command = {
  usage: 'device status',
  summary: 'Shows the registration of this computer and its primary refresh tokens, without contacting the server.',
  takes: [0, 0],
  options: { state: deviceOptions.state! },
  local: true,
  readsOnly: true,
  async run(call) {
    const { state, now } = contextOf(call);
    const { output } = call;
    const record = state.record();
    const tokens = state.tokens();
    const { certificate: _, ...device } = record;
    if (call.values.json) output.say(`${JSON.stringify({ device, tokens: tokens.map(publicPart) }, null, 2)}\n`);
    else output.say(`${table(rowsOf(record), output)}\n${table(tokenRows(tokens, now()), output)}`);
    return 0;
  },
};

const rowsOf = (record: DeviceRecord): readonly (readonly string[])[] => [
  ['Device', record.deviceId],
  ['Name', record.displayName],
  ['Join', record.join],
  ['Tenant', record.tenantId],
  ['System', `${record.deviceType} ${record.osVersion}`],
  ['Registered', `${record.registeredAt} by ${record.registeredBy}`],
  ['Login host', record.loginOrigin],
  ['Registration', record.registrationOrigin],
];

const tokenRows = (tokens: readonly PrimaryRefreshToken[], at: Date): readonly (readonly string[])[] => [
  ['Primary refresh token', 'User', 'Methods', 'Obtained', 'Expires', 'State'],
  ...tokens.map((token) => [
    token.kind,
    token.userPrincipalName,
    token.methods.join(' '),
    token.obtainedAt,
    token.expiresAt,
    stateOf(token, at),
  ]),
];

/** Whether a token can be used, and whether Windows would renew it now. */
export function stateOf({ obtainedAt, expiresAt }: PrimaryRefreshToken, at: Date): 'expired' | 'renewal due' | 'valid' {
  if (at.getTime() >= Date.parse(expiresAt)) return 'expired';
  return at.getTime() - Date.parse(obtainedAt) >= renewalAge ? 'renewal due' : 'valid';
}
