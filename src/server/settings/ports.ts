import { fault } from '#core/trace/fault.ts';
import { type Origins, portOf } from './origins.ts';

interface Ports extends Pick<Origins, 'loginOrigin' | 'certauthOrigin'> {
  readonly listen: string;
  readonly port: number;
  readonly managementListen: string;
  readonly managementPort: number;
}

interface Listener {
  readonly setting: string;
  /** The settings of its address and port. */
  readonly settings: string;
  readonly host: string;
  readonly number: number;
}

/** Two listeners of one process cannot have one port of one address. @throws settingInvalid */
export const checkPorts = (ports: Ports): void => checkDistinct(listenersOf(ports));

/**
 * As {@link checkPorts}, for the listener with the CRLs of the demo as well. Only an installation that has or gets the demo has that listener:
 * others may use its port. @throws settingInvalid
 */
export const checkDemoPort = (ports: Ports & { readonly demoCrlPort: number }): void =>
  checkDistinct([...listenersOf(ports), demoListener(ports)]);

export const demoListener = ({ demoCrlPort }: { readonly demoCrlPort: number }): Listener => ({
  ...{ setting: 'demoCrlPort', settings: 'demoCrlPort' },
  ...{ host: '127.0.0.1', number: demoCrlPort },
});

export function listenersOf(ports: Ports): readonly Listener[] {
  const { listen, port, managementListen, managementPort } = ports;
  const [login, certauth] = [portOf(ports.loginOrigin), portOf(ports.certauthOrigin)];
  return [
    { setting: 'port', settings: 'listen, port', host: listen, number: port },
    ...(login === certauth
      ? []
      : [{ setting: 'certauthOrigin', settings: 'certauthOrigin', host: listen, number: certauth }]),
    {
      ...{ setting: 'managementPort', settings: 'managementListen, managementPort' },
      ...{ host: managementListen, number: managementPort },
    },
  ];
}

function checkDistinct(all: readonly Listener[]): void {
  const listeners = all.filter(({ number }) => number !== 0);
  for (const [index, { setting, host, number }] of listeners.entries()) {
    const other = listeners.slice(0, index).find((item) => item.number === number && isShared(item.host, host));
    if (other) throw fault('settingInvalid', { setting, problem: `it is the port of the setting ${other.setting}` });
  }
}

const isShared = (...hosts: readonly [string, string]): boolean =>
  hosts[0] === hosts[1] || hosts.some((host) => /^(?:0\.0\.0\.0|::)$/.test(host));
