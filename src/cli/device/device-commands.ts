import type { Command } from '../command.ts';
import { deviceConnectionPoint } from '../commands/device/connection-point.ts';
import { deviceCookieCommand } from '../commands/device/cookie.ts';
import { deviceHybridJoin } from '../commands/device/hybrid-join.ts';
import { deviceJoin, deviceRegister } from '../commands/device/join.ts';
import { deviceLeave } from '../commands/device/leave.ts';
import { deviceRenew } from '../commands/device/renew.ts';
import { deviceSignIn } from '../commands/device/sign-in.ts';
import { deviceStatus } from '../commands/device/status.ts';
import { deviceToken } from '../commands/device/token.ts';

/** The client of a registered device, but for what PAM and browsers run. */
export const deviceCommands: readonly Command[] = [
  ...[deviceJoin, deviceRegister, deviceHybridJoin, deviceConnectionPoint],
  ...[deviceSignIn, deviceRenew, deviceToken, deviceCookieCommand],
  ...[deviceStatus, deviceLeave],
];
