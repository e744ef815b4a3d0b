import { dirname, resolve } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import { probe } from '#http/front/port.ts';
import { checkSocketPath } from '#http/front/proxy-socket.ts';
import { isPresent } from '#storage/data-folder.ts';
import type { Config } from '../config.ts';
import { demoListener, listenersOf } from '../settings/ports.ts';

/**
 * Refuses an address of a listener that this computer does not have, and a Unix socket that cannot be made. A free port of the address is opened
 * and closed: the port of the setting may be that of a running server.
 * @throws portUnavailable, settingInvalid
 */
export async function checkAddresses(config: Config): Promise<void> {
  const { dataFolder, listen, port, managementListen, managementPort, certificateProxySocket: socket } = config;
  await checkAddress(listen, { setting: 'listen, port', port });
  if (managementPort !== 0)
    await checkAddress(managementListen, { setting: 'managementListen, managementPort', port: managementPort });
  // The first start makes the data folder before it makes the socket.
  if (socket !== undefined && (dirname(resolve(socket)) !== dataFolder || isPresent(dataFolder)))
    checkSocketPath(socket);
}

/**
 * Refuses a port that another process uses, before the first start makes an installation.
 * @param hasDemo whether the start serves the demo @throws portUnavailable
 */
export async function checkFreePorts(config: Config, hasDemo: boolean): Promise<void> {
  for (const { settings, host, number } of [...listenersOf(config), ...(hasDemo ? [demoListener(config)] : [])])
    if (number !== 0) await checkAddress(host, { setting: settings, port: number }, number);
}

/** @param port the port that is opened; 0 is one that is free */
async function checkAddress(
  host: string,
  evidence: { readonly setting: string; readonly port: number },
  port = 0,
): Promise<void> {
  try {
    await probe({ port, host });
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    throw fault('portUnavailable', { ...evidence, problem: code ?? message }, problem);
  }
}
